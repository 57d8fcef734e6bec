"""常用答复: saved replies of a section or of one officer, their versions, and what they say in a given case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person
from handlers.casework.doing import required
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.records import Case, CaseContact, SavedReply, SavedReplyVersion
from handlers.taxonomy import TOPICS
from handlers.writing.fields import check_fields, filled

LONGEST = 5000


def offered(session: Session, person: Person, case: Case | None = None, *, retired: bool = False) -> list[SavedReply]:
    """Return what this person may use: their own and those of their section (of the case's section for the office);
    those of the case's topic first."""
    sections = {person.section} - {""}
    if case is not None and case.section_code:
        sections.add(case.section_code)
    mine = or_(SavedReply.owner_id == person.officer_id, _of_sections(person, sections, case is None))
    wanted = select(SavedReply).where(mine, SavedReply.retired.is_(retired))
    rows = list(session.scalars(wanted.order_by(SavedReply.title, SavedReply.id)))
    topics = (case.topic, case.topic_2) if case is not None else ()
    return sorted(rows, key=lambda row: row.topic not in topics or not row.topic)


def write(
    session: Session, core: Core, person: Person, saved_id: int | None, seen: int, *,
    title: str, text: str, topic: str, section: str, now: datetime,
) -> SavedReply:  # fmt: skip
    """Save a new one (``saved_id`` None; ``section`` "" = personal) or a new version of one.

    Raises InvalidInput (the field is named), NotAllowed, Conflict when somebody saved since version ``seen``.
    """
    title, text = required(title, "title", "名称", 60), required(text, "text", "内容", LONGEST)
    check_fields(text)
    if topic and topic not in TOPICS:
        raise InvalidInput("请从列表里选择业务类别。", "topic")
    if saved_id is None:
        row = SavedReply(section_code=section, owner_id=None if section else person.officer_id, version=0)
        if section and section not in {s.code for s in core.profile().sections}:
            raise InvalidInput("没有这个科室。", "section")
        _check_writer(person, row)
        session.add(row)
    else:
        row = _locked(session, person, saved_id)
        if row.version != seen:
            raise Conflict("这条刚刚有人改过。请看过新的内容再改；您写的没有丢。")
    row.title, row.text, row.topic, row.version, row.changed_at = title, text, topic, row.version + 1, now
    session.flush()
    session.add(
        SavedReplyVersion(
            saved_id=row.id, version=row.version, title=title, text=text, written_by=person.officer_id, written_at=now
        )
    )
    session.flush()
    return row


def retire(session: Session, person: Person, saved_id: int, now: datetime, *, retired: bool) -> SavedReply:
    """Offer one no more, or again."""
    row = _locked(session, person, saved_id)
    row.retired, row.changed_at = retired, now
    return row


def one(session: Session, person: Person, saved_id: int) -> SavedReply:
    """One that this person may read. Raises NotFound alike for what is absent and what is another's own."""
    row = session.get(SavedReply, saved_id)
    if row is None or (row.owner_id is not None and row.owner_id != person.officer_id):
        raise NotFound("没有这条常用答复。")
    return row


def history(session: Session, saved_id: int) -> Sequence[SavedReplyVersion]:
    """Its versions, latest first."""
    wanted = select(SavedReplyVersion).where(SavedReplyVersion.saved_id == saved_id)
    return session.scalars(wanted.order_by(SavedReplyVersion.version.desc())).all()


def may_write(person: Person, row: SavedReply) -> bool:
    """Whether the person may change it: its owner; the section's people and the office."""
    if row.owner_id is not None:
        return row.owner_id == person.officer_id
    if person.role is Role.OFFICE:
        return True
    return person.role in (Role.OFFICER, Role.HEAD) and person.section == row.section_code


def values_of(session: Session, core: Core, person: Person, case: Case, now: datetime) -> dict[str, str]:
    """What the fields become in this case; unknown ones are missing."""
    profile, today = core.profile(), local_day(now)
    section = next((s for s in profile.sections if s.code == case.section_code), None)
    due = local_day(case.next_due_at - timedelta(microseconds=1)) if case.next_due_at else None
    contact = session.scalars(
        select(CaseContact).where(CaseContact.case_id == case.id, CaseContact.role == "writer")
    ).one_or_none()
    hidden = case.sensitive or case.restricted  # phones are shared: no section in such an answer
    known = {
        "姓名": core.vault.open(contact.name).strip() if contact else "",
        "编号": case.number,
        "期限": f"{due.month}月{due.day}日" if due and due >= today else "",
        "科室": section.name if section and not hidden else "",
        "电话": (section.phone if section and not hidden else "") or profile.phone,
        "经办人": person.name,
        "日期": f"{today.month}月{today.day}日",
    }
    return {name: value for name, value in known.items() if value}


def said_in(session: Session, core: Core, person: Person, case: Case, text: str, now: datetime) -> str:
    """``text`` with its fields filled from the case as far as they are known."""
    return filled(text, values_of(session, core, person, case, now))


def _of_sections(person: Person, sections: set[str], all_of_them: bool) -> ColumnElement[bool]:
    if all_of_them and person.role is Role.OFFICE:
        return SavedReply.owner_id.is_(None)
    return and_(SavedReply.owner_id.is_(None), SavedReply.section_code.in_(sections))


def _locked(session: Session, person: Person, saved_id: int) -> SavedReply:
    row = session.scalars(select(SavedReply).where(SavedReply.id == saved_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("没有这条常用答复。")
    _check_writer(person, row)
    return row


def _check_writer(person: Person, row: SavedReply) -> None:
    if not may_write(person, row):
        raise NotAllowed("科室的常用答复由本科室的人员或办公室修改；个人的只有本人能改。")
