"""审核 and 签发: reading a draft, sending it back, issuing it; the issued text is hashed and exactly that is queued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.delivered import settle_delivered
from handlers.casework.doing import actor_of, begin, changed, officer_name, required
from handlers.casework.post import queue_reply
from handlers.core import Core
from handlers.delivery.outbox import text_sha256
from handlers.errors import InvalidInput
from handlers.organisation import wording
from handlers.records import Case, Reply
from handlers.taxonomy import CONVERSATIONS
from handlers.writing.fields import check_filled


def send_back(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, reason: str, now: datetime
) -> Reply:
    """Return a draft to its writer with what should change."""
    case = begin(session, person, case_id, version, "send_back", now)
    reply = _reviewed(session, case)
    reply.review_note = required(reason, "reason", "修改意见", 500)
    reply.state, reply.reviewed_by, reply.reviewed_at = "draft", person.officer_id, now
    changed(session, core, case, actor_of(person), "send_back", now, {"reply": reply.id}, to="in_progress")
    return reply


def approve(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    text: str | None = None,
    now: datetime,
) -> Reply:
    """审核通过: pass a draft on to be issued by another person (three steps); ``text`` as the reviewer left it."""
    case = begin(session, person, case_id, version, "approve", now)
    reply = _reviewed(session, case)
    if text is not None and text != reply.text:
        reply.text = required(text, "text", "答复内容", 10_000)
        reply.version += 1
    reply.reviewed_by, reply.reviewed_at = person.officer_id, now
    changed(session, core, case, actor_of(person), "approve", now, {"reply": reply.id}, to="to_issue")
    return reply


def issue(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    text: str | None = None,
    now: datetime,
) -> Reply:
    """签发 a reviewed draft; ``text`` is the issuer's own last wording of it, when given."""
    case = begin(session, person, case_id, version, "issue", now)
    reply = _reviewed(session, case)
    if text is not None:
        reply.text = required(text, "text", "答复内容", 10_000)
    if reply.reviewed_by is None or case.state == "in_review":
        reply.reviewed_by, reply.reviewed_at = person.officer_id, now
    send_out(session, core, case, reply, person, "issue", now)
    return reply


def send_out(
    session: Session, core: Core, case: Case, reply: Reply, person: Person, action: str, now: datetime
) -> None:
    """Issue ``reply``: render, hash, queue in this transaction; the case waits for its delivery (or has it at once)."""
    seal(session, core, case, reply, person, now)
    delivery = queue_reply(session, core, case, reply, now)
    data = {"reply": reply.id, "sha256": reply.sha256, "way": delivery.way if delivery else "staff", "issued": True}
    changed(session, core, case, actor_of(person), action, now, data, to="to_deliver")
    if delivery is not None and delivery.state == "sent":
        settle_delivered(session, core, case, "system", delivery, now)


def seal(session: Session, core: Core, case: Case, reply: Reply, person: Person, now: datetime) -> None:
    """Make ``reply`` the issued one: its text becomes what the citizen receives, letter by letter."""
    earlier = select(Reply).where(
        Reply.case_id == case.id, Reply.purpose == reply.purpose, Reply.state == "issued", Reply.id != reply.id
    )
    for old in session.scalars(earlier):
        old.state = "superseded"
    check_filled(reply.text)
    reply.body, reply.text = reply.text, letter(session, core, case, reply)
    reply.sha256 = text_sha256(reply.text)
    reply.state, reply.issued_by, reply.issued_at = "issued", person.officer_id, now
    reply.version += 1
    session.flush()


def letter(session: Session, core: Core, case: Case, reply: Reply) -> str:
    """The words of ``reply`` as the citizen receives them: framed as the profile's wording has it."""
    profile = core.profile()
    if reply.purpose == "question":
        return wording.render(profile, "question_to_citizen", number=case.number, text=reply.text)
    section = "" if case.sensitive or not case.section_code else profile.section(case.section_code).name
    who = f"{section} {officer_name(session, reply.drafted_by)}" if section else ""
    # Where the citizen can simply write back, the answer says how to rate it; elsewhere the page or the caller asks.
    ask = wording.render(profile, "rate_ask") if case.channel in CONVERSATIONS else ""
    return wording.render(profile, "answer", number=case.number, text=reply.text, officer_section=who, note=ask)


def _reviewed(session: Session, case: Case) -> Reply:
    wanted = select(Reply).where(Reply.case_id == case.id, Reply.purpose == "answer", Reply.state == "in_review")
    reply = session.scalars(wanted.order_by(Reply.id.desc()).limit(1)).first()
    if reply is None:
        raise InvalidInput("这件没有待审核的答复。", "reply")
    return reply
