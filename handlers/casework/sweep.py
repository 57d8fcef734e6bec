"""What moves answered cases on when nobody says anything more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.close import check_closable, end
from handlers.casework.doing import lock
from handlers.casework.local import day
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case


def settle_answered(session: Session, core: Core, now: datetime, limit: int = 200) -> int:
    """Close answered cases whose time for asking again is over; returns how many.

    Only those whose result the answering officer recorded: a result is never made up, the others stay on the board
    (“答复后待办结”). Safe to run from several processes at once.
    """
    until = now - core.policy.reopen_within
    wanted = select(Case.id).where(Case.state == "answered", Case.answered_at <= until, Case.result != "")
    closed = 0
    for case_id in session.scalars(wanted.order_by(Case.answered_at).limit(limit)).all():
        case = lock(session, case_id)
        if case is not None and case.state == "answered" and not case.unread and _settle(session, core, case, now):
            closed += 1
    return closed


def _settle(session: Session, core: Core, case: Case, now: datetime) -> bool:
    try:
        check_closable(session, case, case.result)
    except InvalidInput:
        return False
    arrived = day(case.answered_at, now) if case.answered_at else ""
    evidence = f"答复 {arrived}送达，{core.policy.reopen_within.days} 天内群众没有要求重办"
    end(session, core, case, "system", "settle", "closed", case.result, evidence, now)
    return True
