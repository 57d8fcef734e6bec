"""A house full of open clocks for the benches, on SQLite and, where there is a server, on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, make_url, text

from handlers.core import Core
from handlers.deadlines.limits import load_limits
from handlers.deadlines.planning import start_clocks
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import at_local
from handlers.organisation.load import shipped
from handlers.records import Case, CaseEvent, Clock
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.migrate import upgrade
from handlers.records.vault import Vault, new_key
from handlers.understanding.labels import Labels

POSTGRES_URL = os.environ.get("BENCH_POSTGRES_URL") or os.environ.get("HUIYING_TEST_POSTGRES_URL", "")
NOW = datetime(2026, 12, 28, 2, tzinfo=UTC)
PROFILE = shipped("hohhot-2018")
_RULES = ("RX-02", "RX-03", "XF-01", "WX-02")  # on each case one of each: open for weeks
_CHUNK = 5000


class ReadsNothing:
    """An understanding that is never asked."""

    model = "none"

    def read(self, text: str) -> Labels:
        return Labels()


def kinds() -> list[str]:
    """The databases to measure: those of ``BENCH_KINDS`` (both) that can be had here."""
    chosen = os.environ.get("BENCH_KINDS", "sqlite postgresql").split()
    if not POSTGRES_URL and "postgresql" in chosen:
        print("no PostgreSQL: set BENCH_POSTGRES_URL to measure it too")
        chosen.remove("postgresql")
    return chosen


@contextmanager
def databases() -> Iterator[dict[str, Database]]:
    """A fresh, migrated database of each kind that can be had here."""
    chosen, name = kinds(), f"huiying_bench_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        made = {"sqlite": Database(f"sqlite:///{Path(folder) / 'bench.db'}")} if "sqlite" in chosen else {}
        if "postgresql" in chosen:
            _admin(f'CREATE DATABASE "{name}"')
            url = make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
            made["postgresql"] = Database(url)
        try:
            for database in made.values():
                upgrade(database)
            yield made
        finally:
            for database in made.values():
                database.dispose()
            if "postgresql" in made:
                _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


def core_over(database: Database) -> Core:
    """The rooms' equipment over a database."""
    return Core(
        database, Vault(new_key()), Ledger("bench"), lambda: PROFILE, seed_calendar, ReadsNothing()
    )  # fmt: skip


def fill(core: Core, clocks: int, due: int) -> None:
    """Open so many clocks, four on each case, started over the last weeks; ``due`` cases have a step due by NOW."""
    already = _count(core.database)
    cases = clocks // len(_RULES)
    for first in range(already, cases, _CHUNK):
        numbers = range(first + 1, min(first + _CHUNK, cases) + 1)
        with core.database.write() as session:
            session.execute(insert(Case), [_case(n) for n in numbers])
            session.execute(insert(CaseEvent), [_event(core, n) for n in numbers])
            session.execute(insert(Clock), [row for n in numbers for row in _clocks(n, due)])
    with core.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    _bring_to_rest(core.database)


def _bring_to_rest(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)" if database.is_sqlite else "CHECKPOINT"))


def _start(n: int) -> datetime:
    day = date(2026, 12, 26) - timedelta(days=n % 9)
    return at_local(day, time(9 + n % 8, n % 60))


def _case(n: int) -> dict[str, Any]:
    start = _start(n)
    return {
        "id": n, "number": f"20261201-{n:07d}", "query_code": "sealed", "channel": "wechat", "source": "wechat",
        "state": "in_progress", "kind": "consultation", "section_code": PROFILE.sections[n % 5].code,
        "opened_at": start, "received_at": start, "changed_at": start,
    }  # fmt: skip


def _event(core: Core, n: int) -> dict[str, Any]:
    return core.ledger.row(n, 1, "", "system", "opened", _start(n), {"source": "wechat"})


def _clocks(n: int, due: int) -> Sequence[dict[str, Any]]:
    rules = [load_limits().rule(code) for code in _RULES]
    rows = start_clocks(rules, _start(n), calendar=seed_calendar(), profile=PROFILE)
    for row in rows:  # nothing is due but what is asked for
        row["case_id"], row["next_alarm_at"] = n, max(row["next_alarm_at"], NOW + timedelta(hours=1))
    if n <= due:
        rows[0]["next_alarm_at"] = NOW - timedelta(seconds=n)
    return rows


def _count(database: Database) -> int:
    with database.read() as session:
        return int(session.scalar(text("SELECT count(*) FROM cases")) or 0)


def _admin(statement: str) -> None:
    engine = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
