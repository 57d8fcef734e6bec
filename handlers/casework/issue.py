"""审核 and 签发: reading a draft, sending it back, issuing it; the issued text is hashed and exactly that is queued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.delivered import settle_delivered
from handlers.casework.doing import actor_of, begin, changed, officer_name, required
from handlers.casework.post import queue_reply
from handlers.core import Core
from handlers.delivery.outbox import text_sha256
from handlers.errors import InvalidInput, MoveNotAllowed
from handlers.organisation import wording
from handlers.records import Case, Reply
from handlers.signing.beside import lay_beside
from handlers.signing.notices import tell_drafter, tell_next
from handlers.signing.rounds import Turn, check_turn, issued, pass_on, returned, told, under_way, words_read
from handlers.taxonomy import CONVERSATIONS
from handlers.writing.fields import check_filled


def send_back(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    reason: str,
    text: str | None = None,
    now: datetime,
) -> Reply:
    """Return a draft to its writer with what should change; ``text`` as the reviewer left it lies beside the draft."""
    case = begin(session, person, case_id, version, "send_back", now)
    reply = under_way(session, case)
    turn = check_turn(session, core, case, reply, person, now)
    reason = required(reason, "reason", "修改意见", 500)
    lay_beside(session, case, reply, person, text or reply.text, words_read(session, reply), now)
    data = told(reply, turn)
    returned(session, case, reply, person, turn, reason, now)
    changed(session, core, case, actor_of(person), "send_back", now, data, to="in_progress")
    tell_drafter(session, core, case, reply, person, now)
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
    """审核通过: pass a draft on to the next step of its way; ``text`` as the reviewer left it.

    Whoever is last issues it instead. Words changed behind the first step send it round again (``reply.round``).
    """
    case = begin(session, person, case_id, version, "approve", now)
    reply = under_way(session, case)
    turn = check_turn(session, core, case, reply, person, now)
    if turn.last:
        raise MoveNotAllowed("这是最后一步：请签发，或者退回修改。")
    _pass_on(session, core, case, reply, person, turn, _words(reply, text), now)
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
    """签发 a reviewed draft; ``text`` is the issuer's own last wording of it, when given.

    Other words than the steps before have read are not issued: they go round again, and ``reply.state`` stays
    ``in_review``. A document that is a decision is issued by :func:`handlers.signing.acts.issue_act`.
    """
    case = begin(session, person, case_id, version, "issue", now)
    reply = under_way(session, case)
    if reply.act:
        raise MoveNotAllowed("这是一份文书，请在文书页面签发。")
    turn, words = final_turn(session, core, case, reply, person, now), _words(reply, text)
    if words != words_read(session, reply) and turn.position > 0:
        _pass_on(session, core, case, reply, person, turn, words, now)
        return reply
    if reply.reviewed_by is None or case.state == "in_review":
        reply.reviewed_by, reply.reviewed_at = person.officer_id, now
    issued(session, case, reply, person, turn, words, now)
    send_out(session, core, case, reply, person, "issue", now, told(reply, turn))
    tell_next(session, core, case, reply, now)
    return reply


def final_turn(session: Session, core: Core, case: Case, reply: Reply, person: Person, now: datetime) -> Turn:
    """The turn of whoever issues; raises MoveNotAllowed while another step comes behind theirs."""
    turn = check_turn(session, core, case, reply, person, now)
    if not turn.last:
        raise MoveNotAllowed("后面还有别的步骤：请先“审核通过”，由最后一步签发。")
    return turn


def _pass_on(
    session: Session, core: Core, case: Case, reply: Reply, person: Person, turn: Turn, words: str, now: datetime
) -> None:
    data, differs = told(reply, turn), words != words_read(session, reply)
    state = pass_on(session, core, case, reply, person, turn, words, now)
    data |= {"changed": True} if differs else {}
    data |= {"again": True} if reply.round != data["round"] else {}
    changed(session, core, case, actor_of(person), "approve", now, data, to=state)
    tell_next(session, core, case, reply, now)


def _words(reply: Reply, text: str | None) -> str:
    if text is None or text == reply.text:
        return reply.text
    if reply.act:
        raise InvalidInput("文书要在文书表单里改，不能直接改文字。", "text")
    return required(text, "text", "答复内容", 10_000)


def send_out(
    session: Session,
    core: Core,
    case: Case,
    reply: Reply,
    person: Person,
    action: str,
    now: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    """Issue ``reply``: render, hash, queue in this transaction; the case waits for its delivery (or has it at once)."""
    seal(session, core, case, reply, person, now)
    delivery = queue_reply(session, core, case, reply, now)
    data: dict[str, object] = {
        "reply": reply.id,
        "sha256": reply.sha256,
        "way": delivery.way if delivery else "staff",
        "issued": True,
    }
    data |= more or {}
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
