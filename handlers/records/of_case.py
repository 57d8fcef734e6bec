"""What hangs on a case, read by one statement a table that is put together once.

Putting a statement together costs more than asking it of an index, and a case page asks some forty of them. Most tables
hold nothing of most cases: a page that is only read asks once which those are (:func:`note_absent`).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from handlers.records.alert import Alert
from handlers.records.attachment import Attachment
from handlers.records.base import Base
from handlers.records.case import Case
from handlers.records.case_follower import CaseFollower
from handlers.records.case_track import CaseTrack
from handlers.records.consent import Consent
from handlers.records.document import Document
from handlers.records.draft_version import DraftVersion
from handlers.records.mandatory_report import MandatoryReport
from handlers.records.matter_group import GroupMember
from handlers.records.note import Note
from handlers.records.once import once
from handlers.records.opinion_request import OpinionRequest
from handlers.records.party_inquiry import PartyInquiry
from handlers.records.person_link import PersonCode, PersonLink
from handlers.records.supervision import SupervisionSlip
from handlers.records.unit_referral import UnitReferral

Row = TypeVar("Row", bound=Base)
_CASE_ID: Final[Any] = bindparam("case_id")
_ABSENT: Final = "tables without rows of the case"
_SELDOM: Final[tuple[Any, ...]] = (
    Alert, Attachment, CaseFollower, CaseTrack, Consent, Document, DraftVersion, GroupMember, MandatoryReport, Note,
    OpinionRequest, PartyInquiry, PersonCode, SupervisionSlip, UnitReferral,
)  # fmt: skip


def rows_of(session: Session, table: type[Row], case_id: int) -> list[Row]:
    """Return the rows of ``table`` that belong to the case, oldest first. The caller has checked the right to see."""
    if not may_hold(session, table, case_id):
        return []
    asked = {"case_id": case_id}
    return list(once(session, (table, case_id), lambda: session.scalars(_of_case(table), asked).all()))


def merged_into(session: Session, case_id: int) -> list[int]:
    """Return the ids of the cases that were merged into this one."""
    return list(session.scalars(_MERGED, {"case_id": case_id})) if may_hold(session, Case, case_id) else []


def note_absent(session: Session, case_id: int) -> None:
    """Ask once which tables hold nothing of the case; in this session nobody asks them again.

    For a session that only reads: what one writes afterwards would not be found.
    """
    found = session.execute(_PROBE, {"case_id": case_id}).one()
    absent = {table for table, there in zip((Case, PersonLink, *_SELDOM), found, strict=True) if not there}
    session.info[_ABSENT] = case_id, absent


def may_hold(session: Session, table: type[Any], case_id: int) -> bool:
    """Whether ``table`` may hold rows of the case, as far as this session knows."""
    known, absent = session.info.get(_ABSENT, (None, ()))
    return known != case_id or table not in absent


@cache
def _of_case(table: type[Any]) -> Select[Any]:
    order = table.seq if hasattr(table, "seq") else table.id
    return select(table).where(table.case_id == _CASE_ID).order_by(order)


_MERGED: Final = select(Case.id).where(Case.merged_into_id == _CASE_ID)
_PROBE: Final = select(
    _MERGED.exists(),
    select(PersonLink.id).where(or_(PersonLink.case_id == _CASE_ID, PersonLink.other_case_id == _CASE_ID)).exists(),
    *(select(table.case_id).where(table.case_id == _CASE_ID).exists() for table in _SELDOM),
)
