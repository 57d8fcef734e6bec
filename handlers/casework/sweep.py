"""What moves answered cases on when nobody says anything more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.casework.close import check_closable, end
from handlers.casework.doing import lock
from handlers.casework.local import day
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case


def settle_answered(session: Session, core: Core, now: datetime, limit: int = 200) -> int:
    """Close answered cases whose time for asking again is over, or whose citizen is satisfied; returns how many.

    Only those whose result the answering officer recorded: a result is never made up, the others stay on the board
    (“答复后待办结”). Safe to run from several processes at once.
    """
    until = now - core.policy.reopen_within
    over = or_(Case.answered_at <= until, Case.rating == "satisfied")
    wanted = select(Case.id).where(Case.state == "answered", over, Case.result != "", Case.unread.is_(False))
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
    then = "群众评价满意" if case.rating == "satisfied" else f"{core.policy.reopen_within.days} 天内群众没有要求重办"
    evidence = f"答复 {arrived}送达，{then}"
    end(session, core, case, "system", "settle", "closed", case.result, evidence, now)
    return True
