"""Claims left lying: one untouched for the hours of the setting is offered back to the section's colleagues."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from handlers.casework.doing import lock
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.escalation.settling import settle
from handlers.records import Alert, Case, Officer
from handlers.together.colleagues import of_section, tell


def lying(now: datetime) -> ColumnElement[bool]:
    """The condition on ``cases`` that somebody claimed it and has not touched it within the time."""
    return and_(Case.state == "in_progress", Case.officer_id.is_not(None), Case.claim_until <= now)


def offer_claims(core: Core, now: datetime, limit: int = 200) -> int:
    """Tell holder and head of every claim that ran out, once; colleagues may take the case. Returns how many.

    The case keeps its holder until somebody takes it: whoever was only slow goes on without a word.
    """
    told = exists().where(Alert.case_id == Case.id, Alert.kind == "claim", Alert.created_at >= Case.claim_until)
    wanted = select(Case.id).where(lying(now), ~told).order_by(Case.claim_until).limit(limit)
    with core.database.read() as session:
        ids = session.scalars(wanted).all()
    offered = sum(_offer(core, case_id, now) for case_id in ids)
    with core.database.write() as session:
        _settle_taken(session, now)
    return offered


def _offer(core: Core, case_id: int, now: datetime) -> int:
    with core.database.write() as session:
        case = lock(session, case_id)
        if case is None or case.state != "in_progress" or case.claim_until is None or case.claim_until > now:
            return 0
        holder = session.get(Officer, case.officer_id) if case.officer_id else None
        people = [holder] if holder else []
        people += of_section(session, case.section_code or "", "head")
        key = f"{case.id}:{case.claim_until.isoformat()}"
        told = tell(session, core, case, "claim", key, people, now, colour="yellow")
        if told:
            core.ledger.append(session, case.id, "system", "claim_lapsed", now, {"officer": case.officer_id})
        return bool(told)


def _settle_taken(session: Session, now: datetime) -> None:
    """A notice is over once somebody works on the case again."""
    again = or_(Case.claim_until > now, Case.state != "in_progress", Case.officer_id.is_(None))
    touched = exists().where(Case.id == Alert.case_id, or_(again, Case.state.not_in(OPEN_STATES)))
    settle(session, now, Alert.kind == "claim", touched)
