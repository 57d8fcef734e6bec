"""A supervision slip, and the written notice of a section's silence, as Word documents kept with the case."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.deadlines.worktime import local_day
from handlers.documents.facts import first_values
from handlers.documents.kinds import KINDS
from handlers.documents.series import Numbered
from handlers.documents.store import Desk, locked, make
from handlers.errors import Conflict
from handlers.records import Case, Document, SupervisionSlip
from handlers.supervision.slips import KIND, last_day

NOTICE: Final = "supervision_notice"


def slip_document(session: Session, desk: Desk, person: Person, slip: SupervisionSlip, now: datetime) -> Document:
    """Make the 督办单 under the slip's own number; after a voided one under a new. Who may: as for one made by hand."""
    locked(session, person, slip.case_id)
    session.refresh(slip)
    before = session.get(Document, slip.document_id) if slip.document_id else None
    if before is not None and before.state == "made":
        raise Conflict("这张督办单的文书已经制作，可以直接下载。")
    values = _values(session, desk, person, slip, KIND, now)
    values |= {"demand": slip.demand, "reply_by": last_day(slip).isoformat()}
    numbered = None if before else Numbered(slip.year, slip.serial, slip.number)
    made = make(session, desk, person, slip.case_id, KIND, values, now, numbered=numbered)
    slip.document_id = made.id
    return made


def notice_document(session: Session, desk: Desk, person: Person, slip: SupervisionSlip, now: datetime) -> Document:
    """Make the written notice naming the section. Raises Conflict while there is no cause for one."""
    if slip.noticed_at is None:
        raise Conflict("超期五个工作日没有答复和说明的才书面通报。")
    values = _values(session, desk, person, slip, NOTICE, now)
    values |= {"slip_number": slip.number, "noticed": local_day(slip.noticed_at).isoformat()}
    return make(session, desk, person, slip.case_id, NOTICE, values, now)


def notices_of(session: Session, case_id: int) -> list[Document]:
    """The written notices that were made for a case."""
    mine = Document.case_id == case_id, Document.kind == NOTICE, Document.state == "made"
    return list(session.scalars(select(Document).where(*mine).order_by(Document.id)))


def _values(
    session: Session, desk: Desk, person: Person, slip: SupervisionSlip, kind: str, now: datetime
) -> dict[str, str]:
    case = session.get_one(Case, slip.case_id)
    values = first_values(session, desk.core, person, case, KINDS[kind], desk.templates[kind], now)
    names = desk.core.profile().section_names
    return values | {"section": names.get(slip.section_code, slip.section_code), "day": local_day(now).isoformat()}
