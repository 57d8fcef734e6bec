"""Limits that a merged case brings along: the earlier of two prevails, and goes back when the merge is undone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.ticking import close_clock, open_clocks, record_change, refresh_case, replan, settle_alerts
from handlers.deadlines.worktime import local_day
from handlers.records.case import Case
from handlers.records.clock import Clock

_COPIED: Final = (
    "rule", "state", "paused_since", "started_at", "legal_due", "safe_due", "outer_due", "provisional",
    "extended_by", "colour",
)  # fmt: skip


def adopt(session: Session, core: Core, case: Case, clock: Clock, merged: Case, now: datetime) -> Clock:
    """Let ``case`` keep the limit ``clock`` of the case that was merged into it, from its own start."""
    taken = Clock(
        case_id=case.id, adopted_from=merged.id, pauses=[list(gap) for gap in clock.pauses],
        **{name: getattr(clock, name) for name in _COPIED},
    )  # fmt: skip
    session.add(taken)
    session.flush()
    replan(core, case, taken, now)
    told = {"started": local_day(clock.started_at).isoformat(), "from_number": merged.number}
    record_change(session, core, taken, "clock_started", now, "system", told)
    refresh_case(session, case)
    return taken


def give_back(session: Session, core: Core, case: Case, parted: Case, now: datetime) -> list[Clock]:
    """End the limits that ``case`` had taken over from ``parted``."""
    given = [clock for clock in open_clocks(session, case.id) if clock.adopted_from == parted.id]
    for clock in given:
        close_clock(clock, "stopped", f"{parted.number} 不再并入本件")
        told = {"why": clock.ended_why, "void": True}
        record_change(session, core, clock, "clock_stopped", now, "system", told)
    if given:
        settle_alerts(session, given, now)
        refresh_case(session, case)
    return given
