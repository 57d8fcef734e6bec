"""What of one case is personal, and erasing it part by part; numbers, labels, dates and the history remain."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Delete, Select, Update, delete, or_, select, update
from sqlalchemy.orm import Session

from handlers.attachments.store import AttachmentStore
from handlers.neighbours.forget import forget_letters
from handlers.records import (
    Attachment,
    Case,
    CaseContact,
    CaseFollower,
    CaseTrack,
    Citizen,
    Consent,
    Delivery,
    Document,
    DocumentService,
    DraftVersion,
    GroupMember,
    GuideAnswer,
    ImportRow,
    Label,
    MandatoryReport,
    MatterGroup,
    Message,
    Note,
    OpinionRequest,
    PartyInquiry,
    PersonCode,
    PersonLink,
    Presence,
    Reply,
    ReplyFinding,
    ReplyStep,
    SealRecord,
    SlipTurn,
    SupervisionSlip,
    UnitReferral,
    fulltext,
)

#: What stands where a text was.
ERASED_TEXT = "〔已按规定删除〕"
_ERASED_ID = "erased:"


def erase_contact(session: Session, case_id: int) -> int:
    """Delete how the people of the case can be reached, wherever it is kept; return the rows changed."""
    fulltext.drop(session, [case_id])  # the triggers' marks bring back what may stay
    imported = ImportRow.number == select(Case.number).where(Case.id == case_id).scalar_subquery()
    run(session, update(ImportRow).where(imported).values(cells=""))
    gone = run(session, delete(CaseContact).where(CaseContact.case_id == case_id))
    told = run(
        session,
        update(Delivery)
        .where(Delivery.case_id == case_id, or_(Delivery.told_whom != "", Delivery.told_number != ""))
        .values(told_whom="", told_number=""),
    )
    asked = update(PartyInquiry).where(PartyInquiry.case_id == case_id).values(party="", proof="")
    gone += told + run(session, asked)
    return gone + _drop_followers(session, case_id) + _drop_particulars(session, case_id)


def erase_attachments(session: Session, case_id: int, why: str) -> tuple[int, list[str]]:
    """Mark the case's files erased; return (rows, hashes whose bytes nobody needs any more).

    The caller removes those bytes after the transaction is through (:func:`remove_unused`).
    """
    rows = session.scalars(_files(case_id)).all()
    hashes = sorted({row.sha256 for row in rows if row.sha256})
    for row in rows:
        row.state, row.error, row.next_at = "erased", why[:500], None
        row.filename = row.reference = row.sha256 = ""
    session.flush()
    return len(rows), hashes


def erase_documents(session: Session, case_id: int) -> tuple[int, list[str]]:
    """Mark the case's documents erased and forget who took them; return (rows, hashes) as for attachments.

    Numbers, kinds and dates remain, so that the series of numbers still has no gap.
    """
    rows = session.scalars(select(Document).where(Document.case_id == case_id, Document.state != "erased")).all()
    hashes = sorted({row.sha256 for row in rows if row.sha256})
    for row in rows:
        row.state, row.entered, row.sha256, row.void_why = "erased", "", "", ""
    session.flush()
    mine = DocumentService.document_id.in_(select(Document.id).where(Document.case_id == case_id))
    named = {"receiver": "", "relation": "", "witness": "", "proof": ""}
    return len(rows) + run(session, update(DocumentService).where(mine).values(**named)), hashes


def remove_unused(session: Session, store: AttachmentStore, hashes: Sequence[str]) -> int:
    """Delete the files that no attachment or document refers to any more; return how many."""
    removed = 0
    for digest in hashes:
        users = (select(table.id).where(table.sha256 == digest).limit(1) for table in (Attachment, Document))
        if all(session.scalar(query) is None for query in users):
            store.remove(digest)
            removed += 1
    return removed


def erase_texts(session: Session, case: Case) -> int:
    """Replace every text by or to the citizen, and everything else that could name them; return the rows changed."""
    fulltext.drop(session, [case.id])
    replies = {"text": ERASED_TEXT, "body": "", "review_note": "", "entered": ""}
    texts = {"text": ERASED_TEXT, "recipient": "", "told_whom": "", "told_number": "", "proof": "", "error": ""}
    changed = erase_messages(session, Message.case_id == case.id)
    changed += run(session, update(Reply).where(Reply.case_id == case.id).values(**replies))
    changed += run(session, update(Delivery).where(Delivery.case_id == case.id).values(**texts))
    changed += run(session, update(Note).where(Note.case_id == case.id).values(text=ERASED_TEXT))
    changed += erase_slips(session, case.id)
    changed += run(session, update(GuideAnswer).where(GuideAnswer.case_id == case.id).values(evidence=[]))
    changed += run(session, update(MandatoryReport).where(MandatoryReport.case_id == case.id).values(told=""))
    changed += run(session, update(CaseTrack).where(CaseTrack.case_id == case.id).values(evidence=""))
    consent = update(Consent).where(Consent.case_id == case.id)
    changed += run(session, consent.values(reason=ERASED_TEXT, words=""))
    changed += run(session, update(DraftVersion).where(DraftVersion.case_id == case.id).values(text=ERASED_TEXT))
    changed += run(session, update(ReplyStep).where(ReplyStep.case_id == case.id).values(text=ERASED_TEXT, note=""))
    changed += run(session, update(SealRecord).where(SealRecord.case_id == case.id).values(note=""))
    pointed = {"words": "", "reason": ""}
    changed += run(session, update(ReplyFinding).where(ReplyFinding.case_id == case.id).values(**pointed))
    referral = {"demand": ERASED_TEXT, "result": ERASED_TEXT}
    changed += run(session, update(UnitReferral).where(UnitReferral.case_id == case.id).values(**referral))
    changed += erase_together(session, case.id)
    case.subject = case.place = case.rating_words = case.outer_number = case.track_reason = ""
    case.result_evidence = ERASED_TEXT if case.result_evidence else ""
    return changed + _part_with_citizen(session, case)


def erase_together(session: Session, case_id: int) -> int:
    """What colleagues asked about the case, who was there, and how its sender was recognised on another channel."""
    changed = run(session, update(OpinionRequest).where(OpinionRequest.case_id == case_id).values(question=ERASED_TEXT))
    on_it = or_(PersonLink.case_id == case_id, PersonLink.other_case_id == case_id)
    changed += run(session, update(PersonLink).where(on_it).values(reason="", undone_why=""))
    run(session, delete(PersonCode).where(or_(PersonCode.case_id == case_id, PersonCode.other_case_id == case_id)))
    run(session, delete(Presence).where(Presence.case_id == case_id))
    return changed + _erase_group(session, case_id)


def _erase_group(session: Session, case_id: int) -> int:
    """A group's title and decision go with the last of its cases whose letters are still there."""
    group = select(GroupMember.group_id).where(GroupMember.case_id == case_id).scalar_subquery()
    others = select(Message.id).join(GroupMember, GroupMember.case_id == Message.case_id)
    left = others.where(GroupMember.group_id == group, GroupMember.case_id != case_id, Message.text != ERASED_TEXT)
    if session.scalar(left.limit(1)) is not None:
        return 0
    erased = update(MatterGroup).where(MatterGroup.id == group).values(title=ERASED_TEXT, decision="")
    return run(session, erased)


def erase_slips(session: Session, case_id: int) -> int:
    """Empty what supervision slips and their answers say; numbers, dates and who remain."""
    mine = select(SupervisionSlip.id).where(SupervisionSlip.case_id == case_id)
    turns = update(SlipTurn).where(SlipTurn.slip_id.in_(mine)).values(text=ERASED_TEXT, measures="")
    demands = update(SupervisionSlip).where(SupervisionSlip.case_id == case_id).values(demand=ERASED_TEXT)
    return run(session, turns) + run(session, demands)


def erase_messages(session: Session, which: ColumnElement[bool]) -> int:
    """Empty the messages that ``which`` selects; their identity stays unique, but no longer names the sender."""
    rows = session.scalars(select(Message).where(which)).all()
    for row in rows:
        row.text, row.raw, row.details, row.receipt_text, row.sender_id, row.error = ERASED_TEXT, b"", {}, "", "", ""
        if not row.external_id.startswith(_ERASED_ID):
            row.external_id = erased_id(row.external_id)
    session.flush()
    ids = [row.id for row in rows]
    forget_letters(session, ids)
    return len(rows) + run(session, update(Label).where(Label.message_id.in_(ids)).values(evidence={}))


def erased_id(external_id: str) -> str:
    """What stands in the place of an erased message's identity: the same one is still known, but not who sent it."""
    return _ERASED_ID + hashlib.sha256(external_id.encode()).hexdigest()


def _part_with_citizen(session: Session, case: Case) -> int:
    """Take the sender's address off the case; forget the sender when nothing else hangs on them."""
    citizen_id, case.citizen_id = case.citizen_id, None
    run(session, update(Message).where(Message.case_id == case.id).values(citizen_id=None))
    run(session, update(Delivery).where(Delivery.case_id == case.id).values(citizen_id=None))
    session.flush()
    return forget_citizen(session, citizen_id) if citizen_id else 0


def forget_citizen(session: Session, citizen_id: int) -> int:
    """Delete a sender that no case, message or delivery refers to; return 1 when it was deleted."""
    used = (
        select(Case.id).where(Case.citizen_id == citizen_id),
        select(Message.id).where(Message.citizen_id == citizen_id),
        select(Delivery.id).where(Delivery.citizen_id == citizen_id),
        select(Citizen.id).where(Citizen.person_id == citizen_id),
        select(CaseFollower.id).where(CaseFollower.citizen_id == citizen_id),
    )
    if any(session.scalar(query.limit(1)) is not None for query in used):
        return 0
    return run(session, delete(Citizen).where(Citizen.id == citizen_id))


def _files(case_id: int) -> Select[tuple[Attachment]]:
    mine = or_(
        Attachment.case_id == case_id,
        Attachment.message_id.in_(select(Message.id).where(Message.case_id == case_id)),
        Attachment.referral_id.in_(select(UnitReferral.id).where(UnitReferral.case_id == case_id)),
    )
    return select(Attachment).where(mine, Attachment.state != "erased")


def _drop_followers(session: Session, case_id: int) -> int:
    """Whoever followed the case is forgotten, and their code is dead."""
    nobody: dict[str, str | None] = {
        "name": "",
        "phone": "",
        "phone_index": "",
        "consent_note": "",
        "state": "withdrawn",
        "citizen_id": None,
    }
    return run(session, update(CaseFollower).where(CaseFollower.case_id == case_id).values(**nobody))


def _drop_particulars(session: Session, case_id: int) -> int:
    """A message keeps what its form said (sealed) until then; the raw body holds the same again."""
    dropped = 0
    for message in session.scalars(select(Message).where(Message.case_id == case_id)):
        if "particulars" in message.details or message.raw:
            message.details = {key: value for key, value in message.details.items() if key != "particulars"}
            message.raw = b""
            dropped += 1
    session.flush()
    return dropped


def run(session: Session, statement: Update | Delete) -> int:
    """Carry out one statement; return the rows it changed."""
    done: Any = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return done.rowcount
