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
from handlers.records.database import Database
from tests.bench.figures import Figure, note
from tests.bench.stock import NOW, core_over, databases, fill
from tests.bench.working import Working

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
            times = _sweep(core, name, 1_000_000) / small
            note(Figure("the sweep over 1,000,000 : over 100,000", name, times, "×", 1.2))


def due_date() -> None:
    """Microseconds for one due date, each rule in turn over the year."""
    calendar, rules = seed_calendar(), list(load_limits().rules.values())
    starts = [at_local(date(2026, 1, 1) + timedelta(days=7 * n), NOW.astimezone(SHANGHAI).time()) for n in range(50)]

    def once() -> None:
        for rule in rules:
            for start in starts:
                due(rule, start, calendar)

    _say("due date, all rules", "", _timed(once), "µs", 20, 1e6 / len(rules) / len(starts))
    rule, start = load_limits().rule("GK-01"), starts[38]
    thousand = _timed(lambda: [due(rule, start, calendar) for _ in range(1000)])
    _say("due date, GK-01", "", thousand, "µs", 20, 1e3)


def _sweep(core: Core, name: str, clocks: int) -> float:
    taken = _Taken(core.database)
    for _ in range(RUNS):
        before = _alarms(core)
        with taken:
            owned = len(claim(core, NOW, DUE))
        if owned != DUE:
            raise RuntimeError(f"{owned} steps were claimed, not {DUE}")
        _set_back(core, before)
    return _say(f"find and claim {DUE} due of {clocks:,} open clocks", name, taken, "s", 0.5)


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
    taken = _Taken(core.database)
    for run in range(RUNS):
        with taken:
            done = recount(core, plain if run % 2 else longer, NOW, why="国办发明电〔2026〕99号")
        if done.clocks != clocks:
            raise RuntimeError(f"{done.clocks} clocks were looked at, not {clocks}")
    _say(f"recount {clocks:,} open clocks ({done.moved:,} moved)", name, taken, "s", 30)


class _Taken:
    """How long each run took, and the processor time behind it, in seconds."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self.walls, self.own = list[float](), list[float]()

    def __enter__(self) -> None:
        self._working, self._began = Working(self._database), time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.walls.append(time.perf_counter() - self._began)
        self.own.append(self._working.seconds())


def _timed(work: Callable[[], object]) -> _Taken:
    work()
    taken = _Taken()
    for _ in range(RUNS):
        with taken:
            work()
    return taken


def _say(what: str, where: str, taken: _Taken, unit: str, most: float, factor: float = 1.0) -> float:
    """Note the median, ``factor`` times the seconds; gives the median's own seconds."""
    walls = [factor * seconds for seconds in taken.walls]
    more = f"median of {len(walls)} ({min(walls):.3f}–{max(walls):.3f})"
    own = statistics.median(taken.own)
    note(Figure(what, where, statistics.median(walls), unit, most, factor * own, more))
    return own
