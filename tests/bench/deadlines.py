"""Legal time: one due date, finding and claiming what is due among many open clocks, counting all of them anew."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import bindparam, select, update

from handlers.core import Core
from handlers.deadlines.counting import due
from handlers.deadlines.limits import load_limits
from handlers.deadlines.recompute import recount
from handlers.deadlines.seed import seed_calendar, seed_days
from handlers.deadlines.workdays import SpecialDay, WorkCalendar
from handlers.deadlines.worktime import SHANGHAI, at_local
from handlers.escalation.sweep import claim
from handlers.records import Clock
from tests.bench.stock import NOW, core_over, databases, fill

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
DUE = 1000


def main() -> None:
    """A due date; then the sweep and the recount over 100,000 open clocks."""
    due_date()
    with databases() as found:
        for name, database in found.items():
            core = core_over(database)
            fill(core, 100_000, DUE)
            _sweep(core, name, 100_000)
            _recount(core, name, 100_000)


def large() -> None:
    """The sweep over 1,000,000 open clocks beside the one over 100,000, with as many due."""
    with databases() as found:
        for name, database in found.items():
            core = core_over(database)
            fill(core, 100_000, DUE)
            small = _sweep(core, name, 100_000)
            fill(core, 1_000_000, DUE)
            print(f"{name:10} 1,000,000 : 100,000 = {_sweep(core, name, 1_000_000) / small:.2f}")


def due_date() -> None:
    """Microseconds for one due date, each rule in turn over the year."""
    calendar, rules = seed_calendar(), list(load_limits().rules.values())
    starts = [at_local(date(2026, 1, 1) + timedelta(days=7 * n), NOW.astimezone(SHANGHAI).time()) for n in range(50)]

    def once() -> None:
        for rule in rules:
            for start in starts:
                due(rule, start, calendar)

    _say("due date, all rules", [s / len(rules) / len(starts) * 1e6 for s in _timed(once)], "µs", 20)
    rule, start = load_limits().rule("GK-01"), starts[38]
    thousand = _timed(lambda: [due(rule, start, calendar) for _ in range(1000)])
    _say("due date, GK-01", [s / 1000 * 1e6 for s in thousand], "µs", 20)


def _sweep(core: Core, name: str, clocks: int) -> float:
    taken: list[float] = []
    for _ in range(RUNS):
        before = _alarms(core)
        began = time.perf_counter()
        owned = len(claim(core, NOW, DUE))
        taken.append(time.perf_counter() - began)
        if owned != DUE:
            raise RuntimeError(f"{owned} steps were claimed, not {DUE}")
        _set_back(core, before)
    return _say(f"{name:10} find and claim {DUE} due of {clocks:,}", taken, "s", 0.5)


def _alarms(core: Core) -> list[dict[str, object]]:
    with core.database.read() as session:
        wanted = select(Clock.id.label("row"), Clock.next_alarm_at.label("was")).where(Clock.next_alarm_at <= NOW)
        return [dict(row) for row in session.execute(wanted).mappings()]


def _set_back(core: Core, before: list[dict[str, object]]) -> None:
    back = update(Clock).where(Clock.id == bindparam("row")).values(next_alarm_at=bindparam("was"))
    with core.database.write() as session:
        session.connection().execute(back, before)


def _recount(core: Core, name: str, clocks: int) -> None:
    """Every clock moves: a holiday is put before their ends, then taken away, in turn."""
    first = date(2026, 12, 29)
    holiday = [SpecialDay(first + timedelta(days=n), False, "加假", "国办发明电〔2026〕99号") for n in range(3)]
    longer, plain = WorkCalendar([*seed_days(), *holiday]), WorkCalendar(seed_days())
    taken: list[float] = []
    for run in range(RUNS):
        began = time.perf_counter()
        done = recount(core, plain if run % 2 else longer, NOW, why="国办发明电〔2026〕99号")
        taken.append(time.perf_counter() - began)
        if done.clocks != clocks:
            raise RuntimeError(f"{done.clocks} clocks were looked at, not {clocks}")
    _say(f"{name:10} recount {clocks:,} ({done.moved:,} moved)", taken, "s", 30)


def _timed(work: Callable[[], object]) -> list[float]:
    work()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def _say(what: str, values: list[float], unit: str, most: float) -> float:
    middle = statistics.median(values)
    print(f"{what:48} median {middle:8.3f} {unit}  ({min(values):.3f}–{max(values):.3f}; at most {most})", flush=True)
    return middle
