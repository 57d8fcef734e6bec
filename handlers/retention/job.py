"""The erasure job: each rule in turn, in short transactions, with a record of what was erased and under which rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from handlers.attachments.store import AttachmentStore
from handlers.casework.doing import lock
from handlers.casework.states import ENDS
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.records import (
    Attachment,
    Case,
    CaseContact,
    CaseFollower,
    Citizen,
    Delivery,
    Document,
    Erasure,
    Message,
    Note,
    PartyInquiry,
    Reply,
    StaffSession,
)
from handlers.retention.erase_case import (
    ERASED_TEXT,
    erase_attachments,
    erase_contact,
    erase_documents,
    erase_messages,
    erase_texts,
    forget_citizen,
    remove_unused,
    run,
)
from handlers.retention.erase_lists import erase_export_words, erase_import_rows, erase_views
from handlers.retention.periods import Periods

#: Rows changed in one transaction, so that nobody waits long for the database.
_AT_ONCE: Final = 200


def erase_due(core: Core, store: AttachmentStore, periods: Periods, now: datetime) -> Counter[str]:
    """Erase everything whose time has come; return rows by kind. Each kind erased leaves a row in ``erasure``."""
    counts = Counter[str]()
    counts["raw"] = _in_turn(lambda: _raw(core, now - timedelta(days=periods.raw_days)))
    counts["sessions"] = _in_turn(lambda: _sessions(core, now - timedelta(days=periods.sessions_days)))
    for what, days in (
        ("contact", periods.contact_days),
        ("attachments", periods.attachments_days),
        ("case", periods.closed_days),
    ):
        counts[what] = _cases(core, store, what, days, now)
    old = now - timedelta(days=periods.contact_days)
    counts["imports"] = _in_turn(lambda: erase_import_rows(core, old, _AT_ONCE))
    counts["exports"], counts["views"] = erase_export_words(core, old), erase_views(core, old)
    counts["strangers"] = _in_turn(lambda: _strangers(core, now - timedelta(days=periods.strangers_days)))
    rules = {
        "raw": periods.raw_days, "sessions": periods.sessions_days, "contact": periods.contact_days,
        "attachments": periods.attachments_days, "case": periods.closed_days, "imports": periods.contact_days,
        "exports": periods.contact_days, "views": periods.contact_days, "strangers": periods.strangers_days,
    }  # fmt: skip
    with core.database.write() as session:
        for what, rows in counts.items():
            if rows:
                session.add(Erasure(at=now, what=what, rule=f"{what}: {rules[what]} days", rows=rows))
    return counts


def erase_case(core: Core, store: AttachmentStore, case_id: int, *, officer_id: int, why: str, now: datetime) -> int:
    """Erase one ended case's personal data at a person's request; return the rows changed.

    The caller has checked that the officer may. Raises NotFound, InvalidInput (no reason), Conflict (not ended yet).
    """
    if not why.strip():
        raise InvalidInput("请写明删除的依据（谁申请、什么理由）。", "why")
    with core.database.write() as session:
        case = lock(session, case_id)
        if case is None:
            raise NotFound("没有这件诉求。")
        if case.state not in ENDS:
            raise Conflict("这件诉求还没有办结，不能删除个人信息；请先办结或由群众撤回。")
        actor = f"officer:{officer_id}"
        rows, hashes = _erase_parts(session, core, case, "case", actor, f"request: {why.strip()}"[:120], now)
        session.add(
            Erasure(at=now, what="case", rule=f"request: {why.strip()}"[:120], rows=rows, case_id=case_id, by=actor)
        )
    _remove_files(core, store, hashes)
    return rows


def _cases(core: Core, store: AttachmentStore, what: str, days: int, now: datetime) -> int:
    """Apply one rule to every ended case whose time has come, each in its own transaction."""
    rows, last = 0, 0
    while ids := _due_cases(core, what, now - timedelta(days=days), last):
        for case_id in ids:
            rows += _one_case(core, store, case_id, what, f"{what}: {days} days", now)
        last = ids[-1]
    return rows


def _one_case(core: Core, store: AttachmentStore, case_id: int, what: str, rule: str, now: datetime) -> int:
    with core.database.write() as session:
        case = lock(session, case_id)
        if case is None or case.state not in ENDS:
            return 0
        rows, hashes = _erase_parts(session, core, case, what, "system", rule, now)
    _remove_files(core, store, hashes)
    return rows


def _erase_parts(
    session: Session, core: Core, case: Case, what: str, actor: str, rule: str, now: datetime
) -> tuple[int, list[str]]:
    rows, hashes = 0, list[str]()
    if what in ("contact", "case"):
        rows += erase_contact(session, case.id)
    if what in ("attachments", "case"):
        files, hashes = erase_attachments(session, case.id, f"已按规定删除（{rule}）")
        rows += files
    if what == "case":
        rows += erase_texts(session, case)
        documents, more = erase_documents(session, case.id)
        rows, hashes = rows + documents, hashes + more
    core.ledger.append(session, case.id, actor, "erase", now, {"what": what, "rule": rule, "rows": rows})
    return rows, hashes


def _due_cases(core: Core, what: str, before: datetime, last: int) -> Sequence[int]:
    ended = func.coalesce(Case.closed_at, Case.changed_at)
    left = {
        "contact": or_(
            exists().where(CaseContact.case_id == Case.id),
            exists().where(CaseFollower.case_id == Case.id, or_(CaseFollower.name != "", CaseFollower.phone != "")),
            exists().where(PartyInquiry.case_id == Case.id, or_(PartyInquiry.party != "", PartyInquiry.proof != "")),
            exists().where(Delivery.case_id == Case.id, or_(Delivery.told_whom != "", Delivery.told_number != "")),
        ),
        "attachments": exists().where(Attachment.case_id == Case.id, Attachment.state != "erased"),
        "case": or_(
            # One that was split off has no letter of its own.
            exists().where(Message.case_id == Case.id, Message.text != ERASED_TEXT),
            exists().where(Reply.case_id == Case.id, Reply.text != ERASED_TEXT),
            exists().where(Note.case_id == Case.id, Note.text != ERASED_TEXT),
            exists().where(Document.case_id == Case.id, Document.state != "erased"),
        ),
    }[what]
    wanted = select(Case.id).where(Case.state.in_(ENDS), ended < before, left, Case.id > last)
    with core.database.read() as session:
        return session.scalars(wanted.order_by(Case.id).limit(_AT_ONCE)).all()


def _remove_files(core: Core, store: AttachmentStore, hashes: Sequence[str]) -> None:
    """Delete bytes only once the rows are safely gone; a crash in between leaves a file that nothing points to."""
    if hashes:
        with core.database.read() as session:
            remove_unused(session, store, hashes)


def _raw(core: Core, before: datetime) -> int:
    due = select(Message.id).where(
        Message.received_at < before, Message.state == "processed", func.length(Message.raw) > 0
    )
    with core.database.write() as session:
        ids = session.scalars(due.limit(_AT_ONCE)).all()
        return run(session, update(Message).where(Message.id.in_(ids)).values(raw=b"")) if ids else 0


def _sessions(core: Core, before: datetime) -> int:
    ended = or_(StaffSession.expires_at < before, StaffSession.revoked_at < before)
    with core.database.write() as session:
        ids = session.scalars(select(StaffSession.id).where(ended).limit(_AT_ONCE)).all()
        return run(session, delete(StaffSession).where(StaffSession.id.in_(ids))) if ids else 0


def _strangers(core: Core, before: datetime) -> int:
    """Forget senders who never had a case (a greeting, a command), and what they wrote."""
    other = aliased(Citizen)
    free = and_(
        Citizen.last_inbound_at < before,
        ~exists().where(Case.citizen_id == Citizen.id),
        ~exists().where(Message.citizen_id == Citizen.id, Message.case_id.is_not(None)),
        ~exists().where(Delivery.citizen_id == Citizen.id, Delivery.case_id.is_not(None)),
        ~exists().where(other.person_id == Citizen.id),
        ~exists().where(CaseFollower.citizen_id == Citizen.id),
    )
    with core.database.write() as session:
        ids = session.scalars(select(Citizen.id).where(free).limit(_AT_ONCE)).all()
        forgotten = 0
        for citizen_id in ids:
            erase_messages(session, Message.citizen_id == citizen_id)
            run(session, update(Message).where(Message.citizen_id == citizen_id).values(citizen_id=None))
            run(session, delete(Delivery).where(Delivery.citizen_id == citizen_id))
            forgotten += forget_citizen(session, citizen_id)
        return forgotten


def _in_turn(step: Callable[[], int]) -> int:
    """Repeat a step of bounded size until nothing is left to do."""
    total = 0
    while done := step():
        total += done
    return total
