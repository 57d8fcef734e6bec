"""Decide: one text for the whole group, from which each person gets a reply of their own, by the ordinary way.

Each reply passes the same checks, the same review and the same delivery as one written for this case alone, so that
one person's failed delivery is one person's, and seen. What the check points out is decided here for all with one
reason, or the decision is changed.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, relations
from handlers.casework.answer import answer, save_draft
from handlers.casework.claim import claim
from handlers.casework.doing import actor_of, required
from handlers.casework.issue import approve, issue
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, UndecidedFindings
from handlers.groups.gather import group_of, rows
from handlers.records import Case, CaseContact, GroupMember, MatterGroup, Reply
from handlers.signing.rounds import my_turn, under_way
from handlers.taxonomy import RESULTS
from handlers.together.outcome import Act, Outcome, do_each, try_each
from handlers.writing import decisions
from handlers.writing.finding import KINDS
from handlers.writing.looking import undecided

#: The fields of a decision and what stands there for each person.
FIELDS: Final = ("【称呼】", "【编号】")
_FIELD: Final = re.compile("【[^【】]*】")
#: Stands before what the check points out.
POINTED: Final = "核对提醒"
_NOBODY: Final = "群众朋友"
_TO_CLAIM: Final = ("triage", "assigned", "reopened")


def set_decision(
    session: Session, person: Person, group_id: int, version: int, *, text: str, result: str, now: datetime
) -> MatterGroup:
    """Keep the one text and the result that every case will be closed with. Whoever was answered keeps their reply."""
    group = group_of(session, person, group_id, lock_it=True)
    if group.version != version:
        raise Conflict("这个群体件刚有同事改过。请看过现在的内容再决定；您写的没有丢。")
    if not any(relations(person, case) for _, case in rows(session, person, group_id)):
        raise NotAllowed("统一决定由承办科室或办公室来写。")
    text = required(text, "text", "统一决定", 8000)
    unknown = next((field for field in _FIELD.findall(text) if field not in FIELDS), "")
    if unknown:
        raise InvalidInput(f"不认识“{unknown}”，能用的是{'、'.join(FIELDS)}。", "text")
    if result not in RESULTS or result == "forwarded":
        raise InvalidInput("请选择办理结果。", "result")
    group.decision, group.result, group.decided_by, group.decided_at = text, result, person.officer_id, now
    group.version += 1
    return group


def filled(session: Session, core: Core, group: MatterGroup, case: Case) -> str:
    """The decision as this one person reads it: their own name and number, nobody else's."""
    sealed = select(CaseContact.name).where(CaseContact.case_id == case.id, CaseContact.role == "writer")
    name = core.vault.open(session.scalar(sealed) or "") or _NOBODY
    return group.decision.replace("【称呼】", name).replace("【编号】", case.number)


def preview(core: Core, person: Person, group_id: int, now: datetime) -> list[Outcome]:
    """Each person's reply and what would become of it, or why not; nothing is changed.

    What the check points out stands in the words of each, behind :data:`POINTED`: it wants a reason, or a change.
    """
    return try_each(core, _unanswered(core, person, group_id), _answering(core, person, group_id, now, None))


def answer_each(core: Core, person: Person, group_id: int, now: datetime, *, reason: str = "") -> list[Outcome]:
    """Reply to everybody who has not been answered by this decision yet; one by one.

    ``reason`` is why what the check points out is kept (保留并说明); without one such a reply does not go on.
    """
    return do_each(core, _unanswered(core, person, group_id), _answering(core, person, group_id, now, reason))


def issue_each(core: Core, person: Person, group_id: int, now: datetime) -> list[Outcome]:
    """Pass on or issue the group's replies that wait for this person's step, one by one."""

    def act(session: Session, number: str) -> tuple[str, str]:
        member, case = _one(session, person, group_id, number)
        if undecided(decisions.note_shown(session, core, person, case, now)):
            raise UndecidedFindings("核对有提醒还没有决定，请打开这一件，看过再签发。", "text")
        turn = my_turn(session, core, case, under_way(session, case), person, now)
        step, done = (issue, "已签发") if turn is None or turn.last else (approve, "审核通过，送下一步")
        reply = step(session, core, person, case.id, case.version, now=now)
        member.reply_id = reply.id
        return done, reply.text

    with core.database.read() as session:
        waiting = [case.number for m, case in rows(session, person, group_id) if m.reply_id and _waits(case)]
    return do_each(core, waiting, act)


def _waits(case: Case) -> bool:
    return case.state in ("in_review", "to_issue")


def _unanswered(core: Core, person: Person, group_id: int) -> list[str]:
    with core.database.read() as session:
        return [case.number for member, case in rows(session, person, group_id) if not has_reply(session, member)]


def has_reply(session: Session, member: GroupMember) -> bool:
    """Whether this person's reply by the decision is under way or out (one sent back for changes is not)."""
    reply = session.get(Reply, member.reply_id) if member.reply_id else None
    return reply is not None and reply.state in ("in_review", "issued")


def _answering(core: Core, person: Person, group_id: int, now: datetime, reason: str | None) -> Act:
    def act(session: Session, number: str) -> tuple[str, str]:
        member, case = _one(session, person, group_id, number)
        group = session.get_one(MatterGroup, group_id)
        if not group.decision:
            raise InvalidInput("还没有写统一决定。", "text")
        if case.state in _TO_CLAIM:
            claim(session, core, person, case.id, case.version, now)
        text = filled(session, core, group, case)
        save_draft(session, core, person, case.id, case.version, text, now)
        pointed = _checked(session, core, person, case, reason, now)
        reply = answer(session, core, person, case.id, case.version, text, result=group.result, now=now)
        member.reply_id = reply.id
        data = {"group": group_id, "reply": reply.id}
        core.ledger.append(session, case.id, actor_of(person), "group_answered", now, data)
        return ("签发并送达" if reply.state == "issued" else "送审核") + pointed, text

    return act


def _checked(session: Session, core: Core, person: Person, case: Case, reason: str | None, now: datetime) -> str:
    """What the check points out in the draft, in words for a preview (``reason`` None); else kept with the reason."""
    left = [one for one in decisions.note_shown(session, core, person, case, now) if not one.reason]
    if not left:
        return ""
    said = "；".join(KINDS[one.finding.kind] + (f"“{one.finding.words}”" if one.finding.words else "") for one in left)
    if reason is None:
        return f"，{POINTED}：{said}"
    if not reason.strip():
        raise UndecidedFindings(f"{POINTED}：{said}。请改统一决定，或写明保留的理由。", "reason")
    decisions.keep(session, core, person, case, [one.code for one in left], reason, now)
    return ""


def _one(session: Session, person: Person, group_id: int, number: str) -> tuple[GroupMember, Case]:
    found = next((row for row in rows(session, person, group_id) if row[1].number == number), None)
    if found is None:
        raise InvalidInput("这件已不在这个群体件里。")
    return found
