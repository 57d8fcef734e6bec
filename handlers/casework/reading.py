"""Who looked at a case: one event for a person, case and hour, and no writing where nothing is to be written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, may_see
from handlers.casework.doing import actor_of, lock
from handlers.casework.queues import find_number
from handlers.core import Core
from handlers.errors import NotFound
from handlers.records import Case, CaseEvent

HOUR: Final = timedelta(hours=1)


def read_lately(session: Session, person: Person, case_id: int, now: datetime) -> bool:
    """Whether this person's looking at the case was recorded within the hour (one look-up by the case's index)."""
    mine = CaseEvent.case_id == case_id, CaseEvent.action == "read", CaseEvent.actor == f"officer:{person.officer_id}"
    return session.scalar(select(CaseEvent.id).where(*mine, CaseEvent.at > now - HOUR).limit(1)) is not None


def record_reading(session: Session, core: Core, person: Person, case_id: int, now: datetime) -> Case:
    """Record the reading as a case event, in a short *write* transaction of its own. Raises NotFound.

    One event for a person and case in an hour: who looked is on record, and turning pages does not fill the history.
    """
    case = lock(session, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    if not read_lately(session, person, case_id, now):
        core.ledger.append(session, case.id, actor_of(person), "read", now)
    if case.unread and case.officer_id == person.officer_id:
        case.unread = False
    return case


def note_reading(core: Core, person: Person, number: str, now: datetime) -> int:
    """Record that ``person`` looks at the case ``number``; return its id. Raises NotFound.

    A look within the hour takes no write transaction, so that turning to and fro keeps no other writer waiting.
    """
    with core.database.read() as session:
        case_id = find_number(session, person, number)
        if case_id is None:
            raise NotFound("没有这件诉求，或者您无权查看。")
        case = session.get_one(Case, case_id)
        news = case.unread and case.officer_id == person.officer_id
        if not news and read_lately(session, person, case_id, now):
            return case_id
    with core.database.write() as session:
        return record_reading(session, core, person, case_id, now).id
