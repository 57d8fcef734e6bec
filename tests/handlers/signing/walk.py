"""Walking a document through its whole way, for tests that need one that was issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.absences import stood_for
from handlers.casework.access import Staff, staff_of
from handlers.casework.issue import approve
from handlers.deadlines.worktime import local_day
from handlers.documents.store import Desk
from handlers.records import Case, Document, Officer, Reply
from handlers.signing.acts import issue_act, submit_act
from handlers.signing.rounds import turn_of, under_way
from handlers.signing.seal import record_seal
from tests.handlers.documents.samples import TYPED


def walked(
    session: Session,
    desk: Desk,
    drafter: Staff,
    case: Case,
    kind: str,
    now: datetime,
    given: Mapping[str, str] = TYPED,
    *,
    sealed: bool = True,
) -> Document:
    """Submit a document, pass every step by the first who can take it, issue it, and record its seal."""
    submit_act(session, desk, drafter, case.id, case.version, kind, given, now)
    while (turn := turn_of(session, desk.core, case, under_way(session, case), now)) is not None and not turn.last:
        approve(session, desk.core, somebody(session, turn.holder.people[0], now), case.id, case.version, now=now)
    assert turn is not None
    issuer = somebody(session, turn.holder.people[0], now)
    document = issue_act(session, desk, issuer, case.id, case.version, now)
    if sealed:
        record_seal(
            session, desk.core, desk.files, issuer, case.id, case.version, document_id=document.id, copies=2, now=now
        )
    return document


def somebody(session: Session, officer_id: int, now: datetime) -> Staff:
    """An officer as they sign in today."""
    officer = session.get_one(Officer, officer_id)
    return staff_of(officer, stood_for(session, officer.id, local_day(now)))


def reply_of(session: Session, document: Document) -> Reply:
    """The signed reply of an issued document."""
    return session.scalars(select(Reply).where(Reply.id == document.reply_id)).one()
