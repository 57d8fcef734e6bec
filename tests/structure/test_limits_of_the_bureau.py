"""Nothing counts by the table that ships: a bureau's own limits hold everywhere."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What only asks for facts that no bureau may change: the track and unit of a rule, whose time it is.
ALLOWED = {
    "handlers/deadlines/limits.py",
    "handlers/deadlines/local.py",
    "handlers/casework/written.py",
    "handlers/deadlines/ticking.py",
    "handlers/procedure/table.py",
    "handlers/reports/running.py",
    "bot/web/console/admin_limits.py",  # shows what ships beside what holds
}


def test_only_the_named_files_read_the_shipped_table() -> None:
    files = [path for floor in ("bot", "handlers", "scheduler") for path in (ROOT / floor).rglob("*.py")]
    reading = {str(path.relative_to(ROOT)) for path in files if "load_limits" in path.read_text("utf-8")}
    assert reading <= ALLOWED, f"ask handlers.deadlines.local.limits_of(core.profile()) in: {reading - ALLOWED}"
