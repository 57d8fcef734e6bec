"""The citizen's side of a case: looking it up, reading the answer, rating, asking again, adding, taking back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.casework.close import end, start_again
from handlers.casework.doing import changed, lock
from handlers.casework.moves import MOVES
from handlers.casework.numbers import new_query_code, same_query_code
from handlers.casework.promise import latest_words
from handlers.casework.states import CASE_STATES, OPEN_STATES, OWING_STATES
from handlers.casework.steps_told import Step, steps_told
from handlers.casework.tracks_told import TrackTold, tracks_told
from handlers.core import Core
from handlers.deadlines.local import limits_of
from handlers.deadlines.ticking import ends_at, open_clocks
from handlers.errors import InvalidInput, MoveNotAllowed, NotFound
from handlers.records import Case, Citizen, Delivery, Reply
from handlers.signing.again import check_no_opinion, review_organ
from handlers.taxonomy import RATINGS, RESULTS

_NOT_FOUND: Final = "没有找到。请核对受理编号和查询码，两样都要对。"


@dataclass(frozen=True, slots=True)
class Answer:
    """One issued text: ``text`` exactly as issued, ``purpose`` answer or question, ``at`` when issued."""

    text: str
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as its citizen may see it. ``section`` and ``subject`` are empty for a sensitive one.

    ``latest`` is the date in words with ``rule`` as its reason (``to_confirm``: 待核实); ``tracks`` has a date for each
    procedure where the case follows several; ``can`` holds codes of what they may do now (``rate``, ``reopen``,
    ``supplement``, ``withdraw``); ``reopen_until`` ends the time for asking again.
    """

    case_id: int
    number: str
    state: str
    state_words: str
    subject: str
    section: str
    latest: str
    rule: str
    steps: tuple[Step, ...]
    answers: tuple[Answer, ...]
    can: frozenset[str]
    opened_at: datetime
    changed_at: datetime
    result: str = ""
    rating: str = ""
    merged_into: str = ""
    to_confirm: bool = False
    reopen_until: datetime | None = None
    tracks: tuple[TrackTold, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One of the sender's own cases in a list."""

    case_id: int
    number: str
    state: str
    state_words: str
    latest: str
    opened_at: datetime
    sensitive: bool


def find_by_code(session: Session, core: Core, number: str, query_code: str) -> int:
    """Return the id of the case that number and code open together.

    Raises NotFound with one and the same text for an absent number and a wrong code, after the same work.
    """
    case = session.scalars(select(Case).where(Case.number == plain_number(number))).one_or_none()
    right = core.vault.open(case.query_code) if case is not None else new_query_code()
    fits = same_query_code(query_code, right)
    if case is None or not fits or not query_code.strip():
        raise NotFound(_NOT_FOUND)
    return case.id


def find_own(session: Session, citizen_id: int, number: str = "") -> int:
    """Return the id of the sender's own case ``number`` (or their latest); raises NotFound for anybody else's."""
    wanted = select(Case.id).where(Case.citizen_id.in_(same_person(session, citizen_id)))
    if number:
        wanted = wanted.where(Case.number == plain_number(number))
    found = session.scalar(wanted.order_by(Case.opened_at.desc(), Case.id.desc()).limit(1))
    if found is None:
        raise NotFound(_NOT_FOUND)
    return found


def progress_view(session: Session, core: Core, case_id: int, now: datetime) -> Progress:
    """The case in plain words; reach ``case_id`` only through :func:`find_by_code` or :func:`find_own`."""
    case = session.get_one(Case, case_id)
    profile = core.profile()
    hidden = case.sensitive or case.restricted
    section = "" if hidden or not case.section_code else profile.section(case.section_code).name
    due, code = _answer_due(session, core, case)
    rule = limits_of(profile).rules.get(code)
    return Progress(
        case_id=case.id,
        number=case.number,
        state=case.state,
        state_words=CASE_STATES[case.state].told,
        subject="" if hidden else case.subject,
        section=section,
        latest=latest_words(due, code, profile),
        rule=code,
        to_confirm=rule is not None and rule.to_confirm,
        steps=steps_told(session, case, profile, hidden),
        answers=_answers(session, case),
        can=_can(core, case, now) - ({"reopen"} if review_organ(session, core, case) else set()),
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        result=RESULTS.get(case.result, "") if case.state == "closed" else "",
        rating=case.rating,
        merged_into=_merged_into(session, case),
        reopen_until=_reopen_until(core, case),
        tracks=() if hidden else tracks_told(session, core, case),
    )


def own_cases(session: Session, core: Core, citizen_id: int, *, only_open: bool = False, limit: int = 10) -> list[Line]:
    """The sender's own cases, latest first (进度)."""
    wanted = select(Case).where(Case.citizen_id.in_(same_person(session, citizen_id)))
    if only_open:
        wanted = wanted.where(Case.state.in_(OPEN_STATES))
    rows = session.scalars(wanted.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit))
    return [_line(session, core, case) for case in rows]


def rate(session: Session, core: Core, case_id: int, rating: str, words: str = "", *, now: datetime) -> Case:
    """满意/一般/不满意 with words, once an answer has arrived; a later rating replaces the earlier one."""
    if rating not in RATINGS:
        raise InvalidInput("请选择“满意”“一般”或“不满意”。", "rating")
    case = _begin(session, case_id, "rate")
    if _by_guide(case):
        raise MoveNotAllowed(f"编号 {case.number} 是看过办事指南就解决的，没有工作人员的答复可以评价。")
    case.rating, case.rated_at = rating, now
    case.rating_words = words.strip()[:2000] or case.rating_words
    case.unread = case.unread or rating == "dissatisfied" or bool(words.strip())
    changed(session, core, case, "citizen", "rate", now, {"rating": rating})
    return case


def reopen(session: Session, core: Core, case_id: int, words: str, *, now: datetime) -> Case:
    """不满意要求重办: within the policy's days after the answer, once; new clocks run from now."""
    case = _begin(session, case_id, "citizen_reopen")
    check_no_opinion(session, core, case)
    if case.reopened >= 1:
        raise MoveNotAllowed("这件已经重办过一次。还有不同意见，请回复“人工”或打电话，我们当面说明。")
    until = _reopen_until(core, case)
    if until is None or now > until:
        raise MoveNotAllowed("要求重办的时间已过。事情有新的变化，请重新写给我们。")
    words = words.strip()[:2000]
    if not words:
        raise InvalidInput("请写下哪里没办好或没说清楚，经办人会照着重新办。", "words")
    start_again(session, core, case, "citizen", "citizen_reopen", now, "群众不满意，要求重办")
    case.rating, case.rating_words, case.rated_at, case.unread = "dissatisfied", words, now, True
    return case


def withdraw(session: Session, core: Core, case_id: int, *, now: datetime) -> Case:
    """撤回: the citizen takes the case back while nothing has been answered."""
    case = _begin(session, case_id, "withdraw")
    end(session, core, case, "citizen", "withdraw", "withdrawn", "withdrawn", "群众本人撤回", now)
    return case


def supplement(session: Session, core: Core, case_id: int, message_id: int, *, now: datetime) -> Case:
    """补充: a stored message of the citizen joins the case."""
    case = _begin(session, case_id, "supplement")
    case.unread, case.last_inbound_at = True, now
    to = "in_progress" if case.state == "awaiting_citizen" else ""
    changed(session, core, case, "citizen", "supplement", now, {"message": message_id}, to=to)
    return case


def may_now(core: Core, case: Case, now: datetime) -> frozenset[str]:
    """What the citizen can do with the case now (codes as in :class:`Progress`)."""
    return _can(core, case, now)


def plain_number(number: str) -> str:
    """A case number as typed, brought to our form: full-width digits, spaces and other dashes do not matter."""
    digits = "".join(str(int(c)) for c in number if c.isdecimal())
    return f"{digits[:8]}-{digits[8:]}"


def same_person(session: Session, citizen_id: int) -> Sequence[int]:
    """The ids under which this person is known, once joined (verified, or by staff)."""
    person = session.scalar(select(Citizen.person_id).where(Citizen.id == citizen_id))
    root = person or citizen_id
    return [root, citizen_id, *session.scalars(select(Citizen.id).where(Citizen.person_id == root))]


def _begin(session: Session, case_id: int, code: str) -> Case:
    case = lock(session, case_id)
    if case is None:
        raise NotFound(_NOT_FOUND)
    if case.state not in MOVES[code].froms:
        raise MoveNotAllowed(f"编号 {case.number} {CASE_STATES[case.state].told}，现在不能{MOVES[code].verb}。")
    return case


def _can(core: Core, case: Case, now: datetime) -> frozenset[str]:
    found = {code for code in ("rate", "withdraw", "supplement") if case.state in MOVES[code].froms}
    if _by_guide(case):
        found.discard("rate")
    if awaits_word(core, case, now):
        found |= {"confirm_guide"}
    until = _reopen_until(core, case)
    if case.state in MOVES["citizen_reopen"].froms and not case.reopened and until is not None and now <= until:
        found.add("reopen")
    return frozenset(found)


def awaits_word(core: Core, case: Case, now: datetime) -> bool:
    """Whether 解决了 still closes the case: it was sent a guide, nobody has answered it, and the days are not over.

    What turned out to be more than a question (urgent, an accusation) or was opened again is for its officer to close.
    """
    fresh = now <= case.opened_at + core.policy.guide_confirm_within
    plain = not (case.restricted or case.urgent or case.reopened or case.kind == "report" or case.accused_type)
    untouched = case.answered_at is None and case.state in MOVES["confirm_guide"].froms
    return bool(case.guide_code) and plain and untouched and fresh


def _by_guide(case: Case) -> bool:
    """Whether a guide settled it and no officer answered: then there is no answer to be satisfied with."""
    return bool(case.guide_code) and case.answered_at is None


def _reopen_until(core: Core, case: Case) -> datetime | None:
    if case.state not in ("answered", "closed"):
        return None
    since = case.answered_at or case.closed_at
    return since + core.policy.reopen_within if since else None


def _answers(session: Session, case: Case) -> tuple[Answer, ...]:
    wanted = select(Reply).where(Reply.case_id == case.id, Reply.state.in_(("issued", "superseded")))
    # A document is served on paper: here it can be read once that has happened, and no sooner.
    served = select(Delivery.id).where(Delivery.reply_id == Reply.id, Delivery.state == "sent")
    rows = session.scalars(
        wanted.where(or_(Reply.purpose != "act", served.exists())).order_by(Reply.issued_at, Reply.id)
    )
    return tuple(
        Answer(reply.text, "answer" if reply.purpose == "act" else reply.purpose, reply.issued_at)
        for reply in rows if reply.issued_at
    )  # fmt: skip


def _answer_due(session: Session, core: Core, case: Case) -> tuple[datetime | None, str]:
    """By when the citizen is answered, and by which rule. A promise to ring up (人工) is no promise of an answer."""
    if case.state not in OWING_STATES or case.state == "to_deliver":
        return None, ""
    rule = case.next_due_rule or ""
    limits = limits_of(core.profile())
    if case.state == "triage" or not rule or not limits.rule(rule).house:
        return case.next_due_at, rule
    running = open_clocks(session, case.id, ("running",))
    owed = [c for c in running if not (limits.rule(c.rule).house or limits.rule(c.rule).of_others)]
    first = min(owed, key=ends_at, default=None)
    return (ends_at(first), first.rule) if first else (None, "")


def _line(session: Session, core: Core, case: Case) -> Line:
    latest = latest_words(*_answer_due(session, core, case), core.profile())
    told = CASE_STATES[case.state].told
    return Line(case.id, case.number, case.state, told, latest, case.opened_at, case.sensitive or case.restricted)


def _merged_into(session: Session, case: Case) -> str:
    if case.merged_into_id is None:
        return ""
    return session.scalar(select(Case.number).where(Case.id == case.merged_into_id)) or ""
