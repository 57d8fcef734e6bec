"""A reply's way, step by step: setting out, whose turn it is, passing on, going round again when words change.

What somebody changes, everybody who has read the former words reads anew: the reply sets out again from the first step.
Only at the first step nobody but the drafter has read it yet, so that there a change goes on with the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, relations
from handlers.casework.doing import officer_name
from handlers.core import Core
from handlers.delivery.outbox import text_sha256
from handlers.errors import InvalidInput, MoveNotAllowed, NotAllowed
from handlers.records import Case, Reply, ReplyStep
from handlers.records.replies import newest_reply
from handlers.signing.holders import Holder, holder_of
from handlers.signing.ways import STEPS, Standing, legal_mark, way_of


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: ``last`` issues. ``waits`` names the people for a sentence."""

    position: int
    step: str
    holder: Holder
    last: bool
    waits: str


def way_for(core: Core, case: Case, act: str = "") -> tuple[str, ...]:
    """The way that a reply to this case takes now; a report's (举报) is known to its recipient alone, who issues it."""
    if case.restricted:
        return ()
    return way_of(core.profile().approvals, standing_of(case, act))


def standing_of(case: Case, act: str = "") -> Standing:
    """What of a case decides the way of a reply to it (``act``: of that document)."""
    return Standing(case.kind, case.track, case.sensitive, case.reopened_at is not None, case.supervised, act)


def steps_of(core: Core, case: Case, reply: Reply) -> tuple[str, ...]:
    """The steps of a reply under way: as it set out, and further when the case weighs more since (督办 meanwhile)."""
    began, today = tuple(reply.steps), way_for(core, case, reply.act)
    return today if today[: len(began)] == began else began


def under_way(session: Session, case: Case) -> Reply:
    """The reply that is being read; raises InvalidInput when there is none."""
    reply = reply_under_way(session, case.id)
    if reply is None:
        raise InvalidInput("这件没有待审核的答复。", "reply")
    return reply


def reply_under_way(session: Session, case_id: int) -> Reply | None:
    """The reply or document of the case that is on its way, if there is one."""
    return newest_reply(session, case_id, ("in_review",))


def set_out(session: Session, core: Core, case: Case, reply: Reply, person: Person, now: datetime) -> str:
    """Begin a round with what the drafter wrote; return the case's next state, "" when nobody else reads it."""
    way = way_for(core, case, reply.act)
    reply.round, reply.steps, reply.position, reply.alone = reply.round + 1, list(way), -1, False
    if not way:
        return ""
    _write_down(session, reply, person, "draft", now)
    state = _go_on(session, core, case, reply, 0, now)
    if not state:
        reply.alone = True  # the bureau has nobody else: said where the way is shown
    else:
        reply.state = "in_review"
    return state


def turn_of(session: Session, core: Core, case: Case, reply: Reply, now: datetime) -> Turn | None:
    """The step that the reply waits at, with who can take it today; ``None`` when it waits at none."""
    steps = steps_of(core, case, reply)
    if reply.state != "in_review" or not 0 <= reply.position < len(steps):
        return None
    acted, step = acted_on(session, reply), steps[reply.position]
    holder = holder_of(session, core, case, step, acted, now)
    if holder is None:
        return None
    last = _next(session, core, case, reply, reply.position + 1, now) is None
    names = "、".join(officer_name(session, ident) for ident in holder.people[:3])
    return Turn(reply.position, step, holder, last, names)


def my_turn(session: Session, core: Core, case: Case, reply: Reply, person: Person, now: datetime) -> Turn | None:
    """:func:`turn_of` when it is this person's turn. A report's recipient takes any step: nobody else may know."""
    turn = turn_of(session, core, case, reply, now)
    standing = relations(person, case)
    if "recipient" in standing:
        holder = Holder("", "recipient", (person.officer_id,), alone=True)
        return Turn(reply.position, "", holder, last=True, waits=person.name)
    if turn is None or person.officer_id not in turn.holder.people or turn.holder.role not in standing:
        return None
    return turn


def check_turn(session: Session, core: Core, case: Case, reply: Reply, person: Person, now: datetime) -> Turn:
    """:func:`my_turn`; raises NotAllowed with who it waits for."""
    reply.steps = list(steps_of(core, case, reply))
    turn = my_turn(session, core, case, reply, person, now)
    if turn is not None:
        return turn
    waiting = turn_of(session, core, case, reply, now)
    if waiting is None:
        raise MoveNotAllowed("这份答复现在不在审签中，请刷新页面看现在的情况。")
    who = f"现在是“{STEPS[waiting.step]}”，等{waiting.waits}"
    if person.officer_id in acted_on(session, reply):
        raise NotAllowed(f"您已经拟过或审过这份文字，同一份文字不能由一个人办两步。{who}。")
    raise NotAllowed(f"还没有轮到您：{who}。")


def pass_on(
    session: Session, core: Core, case: Case, reply: Reply, person: Person, turn: Turn, text: str, now: datetime
) -> str:
    """Record that the turn's person lets ``text`` through; return the case's next state.

    Other words than those that came send it round again from the first step, unless this is the first one.
    """
    changed = _put(session, reply, text)
    _write_down(session, reply, person, "approve", now, turn, changed=changed)
    reply.reviewed_by, reply.reviewed_at = person.officer_id, now
    if changed and turn.position > 0:
        reply.round += 1
        return _go_on(session, core, case, reply, 0, now)
    return _go_on(session, core, case, reply, turn.position + 1, now)


def returned(
    session: Session, case: Case, reply: Reply, person: Person, turn: Turn, reason: str, now: datetime
) -> None:
    """Record that the turn's person sends the draft back, in the words in which it came to them."""
    _put(session, reply, words_read(session, reply))
    _write_down(session, reply, person, "send_back", now, turn, note=reason)
    leave(case, reply)
    reply.state, reply.review_note = "draft", reason
    reply.reviewed_by, reply.reviewed_at = person.officer_id, now


def issued(session: Session, case: Case, reply: Reply, person: Person, turn: Turn, text: str, now: datetime) -> None:
    """Record that the last step's person issues ``text`` (the words that are signed, before the letter round them)."""
    changed = _put(session, reply, text)
    _write_down(session, reply, person, "issue", now, turn, changed=changed)
    leave(case, reply)


def words_read(session: Session, reply: Reply) -> str:
    """The words that the steps so far have let through: what the present one must not change unseen."""
    wanted = select(ReplyStep.text).where(ReplyStep.reply_id == reply.id).order_by(ReplyStep.id.desc()).limit(1)
    return session.scalar(wanted) or reply.text


def leave(case: Case, reply: Reply) -> None:
    """The reply waits at no step any more."""
    reply.position, reply.alone, case.step = -1, False, ""


def acted_on(session: Session, reply: Reply) -> set[int]:
    """Who has had a hand in the text of this round: whoever drafted it, and who has passed it on."""
    wanted = select(ReplyStep.officer_id).where(
        ReplyStep.reply_id == reply.id, ReplyStep.round == reply.round, ReplyStep.action.in_(("draft", "approve"))
    )
    return {reply.drafted_by, *session.scalars(wanted)}


def steps_taken(session: Session, reply_id: int) -> Sequence[ReplyStep]:
    """Every act on a reply's way, oldest first."""
    return session.scalars(select(ReplyStep).where(ReplyStep.reply_id == reply_id).order_by(ReplyStep.id)).all()


def told(reply: Reply, turn: Turn | None = None) -> dict[str, object]:
    """What a case event says of a step: never words of the text."""
    data: dict[str, object] = {"reply": reply.id, "round": reply.round}
    if turn is not None and turn.step:
        data |= {"step": turn.step} | ({"alone": True} if turn.holder.alone else {})
    if reply.act:
        data["act"] = reply.act
    return data


def _go_on(session: Session, core: Core, case: Case, reply: Reply, position: int, now: datetime) -> str:
    """Wait at the next step that somebody can take, from ``position`` on; "" when none is left."""
    reached = _next(session, core, case, reply, position, now)
    if reached is None:
        leave(case, reply)
        return ""
    at, holder = reached
    reply.position, reply.alone = at, holder.alone
    case.step = legal_mark(core.profile().legal_section) if holder.role == "legal" else holder.role
    session.flush()
    last = _next(session, core, case, reply, at + 1, now) is None
    return "to_issue" if last and at > 0 else "in_review"


def _next(
    session: Session, core: Core, case: Case, reply: Reply, position: int, now: datetime
) -> tuple[int, Holder] | None:
    acted, steps = acted_on(session, reply), steps_of(core, case, reply)
    for at in range(position, len(steps)):
        holder = holder_of(session, core, case, steps[at], acted, now)
        if holder is not None:
            return at, holder
    return None


def _put(session: Session, reply: Reply, text: str) -> bool:
    """Make ``text`` the reply's; whether these are other words than the steps before have read."""
    if text != reply.text:
        reply.text, reply.version = text, reply.version + 1
    return text != words_read(session, reply)


def _write_down(
    session: Session,
    reply: Reply,
    person: Person,
    action: str,
    now: datetime,
    turn: Turn | None = None,
    *,
    note: str = "",
    changed: bool = False,
) -> None:
    session.add(
        ReplyStep(
            case_id=reply.case_id, reply_id=reply.id, round=reply.round, position=turn.position if turn else -1,
            step=turn.step if turn else "", action=action, officer_id=person.officer_id, at=now, note=note[:500],
            text=reply.text, sha256=text_sha256(reply.text), changed=changed,
            alone=turn is not None and turn.holder.alone,
        )
    )  # fmt: skip
    session.flush()
