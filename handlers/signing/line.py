"""The way of a reply as people see it: one line of steps, who took each and when, whom it waits for, what comes yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.directory import names
from handlers.casework.local import moment
from handlers.core import Core
from handlers.documents.kinds import KINDS
from handlers.records import Case, Reply, ReplyStep, SealRecord
from handlers.records.replies import OPEN_REPLY, newest_reply
from handlers.signing.rounds import reply_under_way, steps_of, steps_taken, turn_of, way_for
from handlers.signing.ways import DEEDS, STEPS, TAKERS


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. ``state``: done, now, next, skipped. ``who``: who took it, or whom it waits for; ``note`` in words."""

    title: str
    state: str
    who: str = ""
    when: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class WayView:
    """The way of one reply: ``title`` what it is, ``round`` how often it has set out, ``past`` earlier acts."""

    title: str
    round: int
    steps: list[StepView]
    past: list[str]


def title_of(reply: Reply | None) -> str:
    """What the reply is: 答复, or the document's name."""
    return KINDS[reply.act].name if reply is not None and reply.act else "答复"


def way_view(session: Session, core: Core, case: Case, now: datetime) -> WayView | None:
    """The line of steps of the case's latest reply, or of the one still to be written; ``None`` for a report's."""
    if case.restricted:
        return None
    reply = reply_under_way(session, case.id) or _latest(session, case)
    acts = steps_taken(session, reply.id) if reply is not None else []
    people = names(session, [act.officer_id for act in acts])
    drafting = reply is None or reply.state == "draft" or not acts
    way = way_for(core, case, reply.act if reply else "") if drafting and reply_open(reply) else _of(core, case, reply)
    mine = [act for act in acts if reply is not None and act.round == reply.round and act.action != "send_back"]
    steps = [_drafted(reply, mine or acts, people, now, drafting)]
    steps += [_step(session, core, case, reply, at, step, way, mine, people, now) for at, step in enumerate(way)]
    if reply is not None and reply.act:
        steps.append(_sealed(session, reply, now))
    steps.append(StepView("送达", "done" if case.state in ("answered", "closed") else _now(case, "to_deliver")))
    past = [_words(act, people, now) for act in acts if act not in mine] if reply is not None else []
    return WayView(title_of(reply), reply.round if reply else 0, steps, past)


def legal_opinion(acts: Sequence[ReplyStep], people: dict[int, str], now: datetime) -> str:
    """What the legality check said last, in words ("" = it has not read it yet)."""
    read = [act for act in acts if act.step == "legal"]
    return _words(read[-1], people, now) if read else ""


def reply_open(reply: Reply | None) -> bool:
    """Whether the way is still the profile's of today: nothing set out yet."""
    return reply is None or reply.state == "draft"


def _latest(session: Session, case: Case) -> Reply | None:
    reply = newest_reply(session, case.id, (*OPEN_REPLY, "issued"), ("answer", "act"))
    before = reply is not None and case.reopened_at and reply.issued_at and reply.issued_at <= case.reopened_at
    return None if before else reply


def _of(core: Core, case: Case, reply: Reply | None) -> tuple[str, ...]:
    if reply is None:
        return ()
    return steps_of(core, case, reply) if reply.state == "in_review" else tuple(reply.steps)


def _drafted(
    reply: Reply | None, acts: Sequence[ReplyStep], people: dict[int, str], now: datetime, drafting: bool
) -> StepView:
    act = next((one for one in acts if one.action == "draft"), None)
    if act is None or drafting:
        return StepView("拟稿", "now" if drafting and not (reply and reply.state == "issued") else "done")
    return StepView("拟稿", "done", people.get(act.officer_id, ""), moment(act.at, now))


def _step(
    session: Session, core: Core, case: Case, reply: Reply | None, at: int, step: str, way: Sequence[str],
    acts: Sequence[ReplyStep], people: dict[int, str], now: datetime,
) -> StepView:  # fmt: skip
    last = at == len(way) - 1
    title = STEPS[step].removesuffix("审核").removesuffix("审定") + "签发" if last else STEPS[step]
    act = next((one for one in reversed(acts) if one.position == at), None)
    if act is not None:
        note = "改了文字" if act.changed else ""
        note += "；本局没有另外的人可以办这一步" if act.alone else ""
        return StepView(title, "done", people.get(act.officer_id, ""), moment(act.at, now), note.lstrip("；"))
    if reply is None or reply.state == "draft":
        return StepView(title, "next", TAKERS[step])
    if reply.state == "issued" or at < reply.position:
        return StepView(title, "skipped", note="本局没有可以办这一步的人")
    if at > reply.position:
        return StepView(title, "next", TAKERS[step])
    turn = turn_of(session, core, case, reply, now)
    note = "没有另外的人可以办这一步" if turn and turn.holder.alone else ""
    if turn and turn.holder.role != step:
        note = f"没有{TAKERS[step]}可以办，由{TAKERS[turn.holder.role]}办"
    return StepView(title, "now", f"等{turn.waits}" if turn else "", note=note)


def _sealed(session: Session, reply: Reply, now: datetime) -> StepView:
    row = session.scalars(select(SealRecord).where(SealRecord.reply_id == reply.id)).first()
    if row is None:
        return StepView("用印", "now" if reply.state == "issued" else "next")
    who = names(session, [row.officer_id]).get(row.officer_id, "")
    return StepView("用印", "done", who, moment(row.at, now), f"{row.number}，{row.copies} 份")


def _now(case: Case, state: str) -> str:
    return "now" if case.state == state else "next"


def _words(act: ReplyStep, people: dict[int, str], now: datetime) -> str:
    step = f"{STEPS[act.step]}：" if act.step else ""
    note = f"：{act.note}" if act.note else ""
    changed = "，改了文字" if act.changed else ""
    return f"{moment(act.at, now)} {people.get(act.officer_id, '')} {step}{DEEDS[act.action]}{changed}{note}"
