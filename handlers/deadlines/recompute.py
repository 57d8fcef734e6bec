"""Counts open clocks anew after an edit of calendar or limits: in batches, whole per case, each change an event."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from handlers.core import Core
from handlers.deadlines.open_clocks import clocks_of, every_open, next_cases
from handlers.deadlines.replanning import Planner
from handlers.deadlines.rewriting import differs, rewrite
from handlers.deadlines.ticking import last_day
from handlers.deadlines.workdays import WorkCalendar
from handlers.organisation.profile import Profile
from handlers.records.case import Case


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount found: clocks looked at, moved to another last day, only confirmed, and not countable."""

    clocks: int = 0
    moved: int = 0
    confirmed: int = 0
    failed: int = 0

    def __add__(self, other: Recount) -> Recount:
        return Recount(
            self.clocks + other.clocks,
            self.moved + other.moved,
            self.confirmed + other.confirmed,
            self.failed + other.failed,
        )


@dataclass(slots=True)
class Looked:
    """What would move: by (rule, last day before, last day after), how many clocks, and how many over by then."""

    clocks: int = 0
    moved: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    overdue: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def moved_dues(core: Core, calendar: WorkCalendar, now: datetime, profile: Profile | None = None) -> Looked:
    """Say which last days of open clocks ``calendar`` moves, or confirms; nothing is written.

    ``profile``: as it would be after an edit (its hours, its local limits); without it, as it stands.
    """
    planner, looked = Planner(calendar, profile or core.profile()), Looked()
    with core.database.read() as session:
        for clock in every_open(session):
            looked.clocks += 1
            counted = planner.due(clock)
            if counted is None:
                continue
            if counted.legal_due != clock.legal_due or counted.provisional != clock.provisional:
                key = (clock.rule, last_day(clock.legal_due), last_day(counted.legal_due))
                looked.moved[key] += 1
                looked.overdue[key] += clock.state == "running" and clock.legal_due > now >= counted.legal_due
    return looked


def recount_open(core: Core, now: datetime) -> int:
    """Count every open clock by the calendar as it stands; return how many moved or were confirmed.

    The nightly job: it catches clocks that another process started by a calendar of a minute ago, and what a crash
    in the middle of an edit left behind.
    """
    done = recount(core, core.calendar(), now)
    return done.moved + done.confirmed


def recount(core: Core, calendar: WorkCalendar, now: datetime, *, why: str = "", actor: str = "system") -> Recount:
    """Count every open clock by ``calendar``; write those that differ, an event each where the last day moved.

    ``why`` is the number of the notice, or the source of a local limit. A clock that cannot be counted is logged and
    left as it is.
    """
    planner, total, after = Planner(calendar, core.profile()), Recount(), 0
    while True:
        with core.database.read() as session:
            ids = next_cases(session, after)
            found = clocks_of(session, ids)
            urgent = set(session.scalars(select(Case.id).where(Case.id.in_(ids), Case.calls)))
        if not ids:
            return total
        after = ids[-1]
        plans = [(clock, planner.plan(clock, clock.case_id in urgent)) for clock in found]
        stale = {clock.case_id for clock, planned in plans if planned and differs(clock, planned, now)}
        total += Recount(clocks=len(found), failed=sum(planned is None for _, planned in plans))
        if stale:
            with core.database.write() as session:
                moved, confirmed = rewrite(session, core, planner, stale, now, why, actor)
            total += Recount(moved=moved, confirmed=confirmed)
