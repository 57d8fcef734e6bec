"""Gathering everything that hangs on one case, once, for both forms of its file (卷宗)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, visible_to
from handlers.casework.page import CasePage, case_page
from handlers.core import Core
from handlers.records import (
    Alert,
    Attachment,
    Base,
    Case,
    CaseContact,
    CaseEvent,
    CaseFollower,
    CaseTrack,
    Clock,
    Consent,
    Correction,
    Delivery,
    Document,
    DocumentService,
    DraftVersion,
    GroupMember,
    GuideAnswer,
    Label,
    MandatoryReport,
    MatterGroup,
    Message,
    Note,
    Officer,
    OpinionRequest,
    PartyInquiry,
    PersonLink,
    Reply,
    ReplyFinding,
    ReplyStep,
    SealRecord,
    SlipTurn,
    SupervisionSlip,
    UnitReferral,
)

#: What is kept sealed in the database and belongs into the file in plain words.
SEALED: dict[type[Base], tuple[str, ...]] = {
    CaseContact: ("name", "phone", "address", "identity_number"),
    Delivery: ("told_whom", "told_number"),
    Document: ("entered",),
    Reply: ("entered",),
    DocumentService: ("receiver", "witness", "proof"),
    MandatoryReport: ("told",),
    CaseFollower: ("name", "phone", "consent_note"),
    PartyInquiry: ("party", "proof"),
    PersonLink: ("reason", "undone_why"),
}
#: What never leaves the database: keys to the case, digests to find people by, raw bodies with a platform's secrets.
LEFT_OUT = frozenset({"query_code", "phone_index", "raw", "details", "lease_until", "claimed_by"})


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything of one case. ``tables`` holds rows as they stand in the database, by the name of their part.

    ``page`` is what the case page shows, in words; ``people`` names officers by id; ``head`` the last event's seal.
    """

    number: str
    serial: str
    made_at: datetime
    made_by: str
    why: str
    page: CasePage
    tables: dict[str, list[Any]]
    people: dict[int, str]
    last_seq: int
    head: str

    @property
    def case(self) -> Case:
        """The case's own row."""
        return self.page.case


def gather(session: Session, core: Core, person: Person, case: Case, serial: int, why: str, now: datetime) -> CaseFile:
    """Read everything; the caller has checked that ``person`` may. Erased texts come as what stands in their place."""
    merged = session.scalars(select(Case.id).where(Case.merged_into_id == case.id)).all()
    page = case_page(session, core, person, case, now)
    ids = [case.id, *merged]
    tables = _tables(session, ids) | _dealings(session, person, ids)
    events: list[CaseEvent] = [event for event in tables["events"] if event.case_id == case.id]
    last = events[-1] if events else None
    people = dict(session.execute(select(Officer.id, Officer.name)).tuples().all())
    return CaseFile(
        number=case.number, serial=f"{case.number}-{serial:02d}", made_at=now, made_by=person.name, why=why, page=page,
        tables=tables, people=people, last_seq=last.seq if last else 0, head=last.mac if last else "",
    )  # fmt: skip


def _tables(session: Session, ids: list[int]) -> dict[str, list[Any]]:
    """Every table that hangs on the case (and those merged into it), in the order of the file."""
    messages = _rows(session, Message, Message.case_id.in_(ids))
    message_ids, documents = [row.id for row in messages], _rows(session, Document, Document.case_id.in_(ids))
    referrals = _rows(session, UnitReferral, UnitReferral.case_id.in_(ids))
    own = or_(
        Attachment.case_id.in_(ids), Attachment.message_id.in_(message_ids),
        Attachment.referral_id.in_([row.id for row in referrals]),
    )  # fmt: skip
    return {
        "cases": _rows(session, Case, Case.id.in_(ids)),
        "contacts": _rows(session, CaseContact, CaseContact.case_id.in_(ids)),
        "messages": messages,
        "attachments": _rows(session, Attachment, own),
        "labels": _rows(session, Label, Label.message_id.in_(message_ids)),
        "corrections": _rows(session, Correction, Correction.case_id.in_(ids)),
        "replies": _rows(session, Reply, Reply.case_id.in_(ids)),
        "deliveries": _rows(session, Delivery, Delivery.case_id.in_(ids), Delivery.purpose != "alert"),
        "documents": documents,
        "services": _rows(session, DocumentService, DocumentService.document_id.in_([row.id for row in documents])),
        "referrals": referrals,
        "clocks": _rows(session, Clock, Clock.case_id.in_(ids)),
        "notes": _rows(session, Note, Note.case_id.in_(ids)),
        "guide_answers": _rows(session, GuideAnswer, GuideAnswer.case_id.in_(ids)),
        "mandatory_reports": _rows(session, MandatoryReport, MandatoryReport.case_id.in_(ids)),
        "followers": _rows(session, CaseFollower, CaseFollower.case_id.in_(ids)),
        "alerts": _rows(session, Alert, Alert.case_id.in_(ids)),
        "events": list(
            session.scalars(
                select(CaseEvent).where(CaseEvent.case_id.in_(ids)).order_by(CaseEvent.case_id, CaseEvent.seq)
            )
        ),
    }


def _dealings(session: Session, person: Person, ids: list[int]) -> dict[str, list[Any]]:
    """What was decided and asked inside the house; of another case only what this person may know."""
    slips = _rows(session, SupervisionSlip, SupervisionSlip.case_id.in_(ids))
    members = list(session.scalars(select(GroupMember).where(GroupMember.case_id.in_(ids))))
    known = select(Case.id).where(or_(visible_to(person), Case.id.in_(ids)))
    linked = or_(PersonLink.case_id.in_(ids), PersonLink.other_case_id.in_(ids))
    return {
        "tracks": _rows(session, CaseTrack, CaseTrack.case_id.in_(ids)),
        "consents": _rows(session, Consent, Consent.case_id.in_(ids)),
        "inquiries": _rows(session, PartyInquiry, PartyInquiry.case_id.in_(ids)),
        "draft_versions": _rows(session, DraftVersion, DraftVersion.case_id.in_(ids)),
        "reply_steps": _rows(session, ReplyStep, ReplyStep.case_id.in_(ids)),
        "seals": _rows(session, SealRecord, SealRecord.case_id.in_(ids)),
        "findings": _rows(session, ReplyFinding, ReplyFinding.case_id.in_(ids)),
        "opinions": _rows(session, OpinionRequest, OpinionRequest.case_id.in_(ids)),
        "slips": slips,
        "slip_turns": _rows(session, SlipTurn, SlipTurn.slip_id.in_([row.id for row in slips])),
        "same_person": _rows(
            session, PersonLink, linked, PersonLink.case_id.in_(known), PersonLink.other_case_id.in_(known)
        ),
        "group_members": members,
        "groups": _rows(session, MatterGroup, MatterGroup.id.in_([row.group_id for row in members])),
    }


def _rows(session: Session, table: Any, *which: ColumnElement[bool]) -> list[Any]:
    return list(session.scalars(select(table).where(*which).order_by(table.id)))
