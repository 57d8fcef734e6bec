"""Gathering everything that hangs on one case, once, for both forms of its file (卷宗)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, visible_to
from handlers.casework.page import CasePage, case_page
from handlers.casework.veil import hidden_in
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
from handlers.records.of_case import merged_into

#: The tables whose rows name their case, by the name of their part.
_OF_CASE: Final[dict[str, Any]] = {
    "contacts": CaseContact, "messages": Message, "corrections": Correction, "replies": Reply, "documents": Document,
    "referrals": UnitReferral, "clocks": Clock, "notes": Note, "guide_answers": GuideAnswer,
    "mandatory_reports": MandatoryReport, "followers": CaseFollower, "alerts": Alert, "tracks": CaseTrack,
    "consents": Consent, "inquiries": PartyInquiry, "draft_versions": DraftVersion, "reply_steps": ReplyStep,
    "seals": SealRecord, "findings": ReplyFinding,
    "opinions": OpinionRequest, "slips": SupervisionSlip,
}  # fmt: skip
#: What is kept sealed in the database and belongs into the file in plain words.
SEALED: Final[dict[type[Base], tuple[str, ...]]] = {
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
LEFT_OUT: Final = frozenset({"query_code", "phone_index", "raw", "details", "lease_until", "claimed_by"})


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything of one case. ``tables`` holds rows as they stand in the database, by the name of their part.

    ``page`` is what the case page shows, in words; ``people`` names officers by id; ``head`` the last event's seal;
    ``hidden`` the numbers of other cases in its events and limits that not everybody may know of.
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
    hidden: frozenset[str]

    @property
    def case(self) -> Case:
        """The case's own row."""
        return self.page.case


def gather(session: Session, core: Core, person: Person, case: Case, serial: int, why: str, now: datetime) -> CaseFile:
    """Read everything; the caller has checked that ``person`` may. Erased texts come as what stands in their place."""
    merged = merged_into(session, case.id)
    page = case_page(session, core, person, case, now)
    ids = [case.id, *merged]
    tables = _tables(session, person, ids)
    events: list[CaseEvent] = [event for event in tables["events"] if event.case_id == case.id]
    last = events[-1] if events else None
    told = [value for event in tables["events"] for value in event.data.values()]
    hidden = hidden_in(session, [*told, *(clock.ended_why for clock in tables["clocks"])], ids)
    people = dict(session.execute(select(Officer.id, Officer.name)).tuples().all())
    return CaseFile(
        number=case.number, serial=f"{case.number}-{serial:02d}", made_at=now, made_by=person.name, why=why, page=page,
        tables=tables, people=people, last_seq=last.seq if last else 0, head=last.mac if last else "",
        hidden=hidden,
    )  # fmt: skip


def _tables(session: Session, person: Person, ids: list[int]) -> dict[str, list[Any]]:
    """Every row that hangs on the case (and those merged into it); of another case only what this person may know."""
    found = {name: _rows(session, table, table.case_id.in_(ids)) for name, table in _OF_CASE.items()}

    def of(name: str) -> list[int]:
        return [row.id for row in found[name]]

    files = or_(
        Attachment.case_id.in_(ids), Attachment.message_id.in_(of("messages")),
        Attachment.referral_id.in_(of("referrals")),
    )  # fmt: skip
    events = select(CaseEvent).where(CaseEvent.case_id.in_(ids)).order_by(CaseEvent.case_id, CaseEvent.seq)
    members = list(session.scalars(select(GroupMember).where(GroupMember.case_id.in_(ids))))
    known = select(Case.id).where(or_(visible_to(person), Case.id.in_(ids)))
    linked = or_(PersonLink.case_id.in_(ids), PersonLink.other_case_id.in_(ids))
    may_know = PersonLink.case_id.in_(known), PersonLink.other_case_id.in_(known)
    return found | {
        "cases": _rows(session, Case, Case.id.in_(ids)),
        "attachments": _rows(session, Attachment, files),
        "labels": _rows(session, Label, Label.message_id.in_(of("messages"))),
        "deliveries": _rows(session, Delivery, Delivery.case_id.in_(ids), Delivery.purpose != "alert"),
        "services": _rows(session, DocumentService, DocumentService.document_id.in_(of("documents"))),
        "events": list(session.scalars(events)),
        "slip_turns": _rows(session, SlipTurn, SlipTurn.slip_id.in_(of("slips"))),
        "same_person": _rows(session, PersonLink, linked, *may_know),
        "group_members": members,
        "groups": _rows(session, MatterGroup, MatterGroup.id.in_([row.group_id for row in members])),
    }


def _rows(session: Session, table: Any, *which: ColumnElement[bool]) -> list[Any]:
    return list(session.scalars(select(table).where(*which).order_by(table.id)))
