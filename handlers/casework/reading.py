"""Who looked at a case: one event for a person, case and hour, and no writing where nothing is to be written."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from handlers.casework.access import KEPT, Person, Staff, may_see, viewer_of, visible_to
from handlers.casework.doing import actor_of, lock
from handlers.core import Core
from handlers.errors import NotFound
from handlers.records import Case, CaseEvent

HOUR: Final = timedelta(hours=1)
_READ_SINCE: Final = select(CaseEvent.id).where(
    CaseEvent.action == "read", CaseEvent.actor == bindparam("actor"), CaseEvent.at > bindparam("since")
)
_READ_LATELY: Final = _READ_SINCE.where(CaseEvent.case_id == bindparam("case_id")).limit(1)


def read_lately(session: Session, person: Person, case_id: int, now: datetime) -> bool:
    """Whether this person's looking at the case was recorded within the hour (one look-up by the case's index)."""
    asked = {"case_id": case_id, "actor": actor_of(person), "since": now - HOUR}
    return session.scalar(_READ_LATELY, asked) is not None


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
        case_id, news = looked_up(session, person, number, now)
    if news:
        with core.database.write() as session:
            record_reading(session, core, person, case_id, now)
    return case_id


def looked_up(session: Session, person: Person, number: str, now: datetime) -> tuple[int, bool]:
    """Return the id of the case ``number``, and whether a look at it is still to be recorded. Raises NotFound."""
    asked = {"number": number.strip(), "me": person.officer_id, "actor": actor_of(person), "since": now - HOUR}
    found = session.execute(_looked_up(viewer_of(person)), asked).one_or_none()
    if found is None:
        raise NotFound("没有这件诉求，或者您无权查看。")
    case_id, for_me, lately = found
    return case_id, for_me or not lately


@lru_cache(maxsize=KEPT)
def _looked_up(viewer: Staff) -> Select[tuple[int, bool, bool]]:
    for_me = and_(Case.unread.is_(True), func.coalesce(Case.officer_id, 0) == bindparam("me"))
    lately = _READ_SINCE.where(CaseEvent.case_id == Case.id).exists()
    return select(Case.id, for_me, lately).where(Case.number == bindparam("number"), visible_to(viewer))
