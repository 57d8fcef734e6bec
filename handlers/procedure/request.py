"""What is special about the steps of a request for information (依申请公开): correction, other parties, silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.bureau import due_from, last_day_from
from handlers.deadlines.local import limits_of
from handlers.deadlines.worktime import instant_of, local_day
from handlers.errors import Conflict, InvalidInput
from handlers.procedure.choices import ANSWERS, PARTY_NAMES, PARTY_RULES, SILENCE
from handlers.records import Case, PartyInquiry
from handlers.records.of_case import rows_of

if TYPE_CHECKING:
    from handlers.procedure.take import Taken


def confirmed(taken: Taken) -> None:
    """The day both sides confirmed is the day the request counts as received (31); the general limits end."""
    taken.row.confirmed_on = taken.day()
    taken.session.flush()
    timing.relabelled(taken.session, taken.core, taken.case, taken.now, "改按依申请公开计算期限", taken.actor)


def inquiries_of(session: Session, case_id: int) -> Sequence[PartyInquiry]:
    """Every opinion that was asked for on the case, oldest first."""
    return rows_of(session, PartyInquiry, case_id)


def waiting_for(session: Session, case_id: int) -> list[PartyInquiry]:
    """The opinions that are still waited for."""
    return [inquiry for inquiry in inquiries_of(session, case_id) if not inquiry.answer]


def check_correction(taken: Taken) -> None:
    """补正: once, within seven working days, and not while others are being asked (30)."""
    if taken.row.corrected:
        raise Conflict("已经要求补正过一次，不能再要求；请按现有内容答复。")
    if waiting_for(taken.session, taken.case.id):
        raise Conflict("正在征求其他方面的意见，不能同时要求补正。请先登记对方的意见。")
    last = due_from(taken.core, "GK-03", taken.at)
    if taken.now >= last.legal_due:
        day = f"{last.legal_day.month}月{last.legal_day.day}日"
        raise Conflict(f"要求补正的期限（GK-03）到 {day} 为止，已经过了。请按现有内容，在答复期限内答复。")


def correction_asked(taken: Taken) -> None:
    """It goes once only."""
    taken.row.corrected = True


def check_party(taken: Taken) -> None:
    """The answer's clock must still be there to be paused; a letter is not sent before the request was complete."""
    if taken.row.confirmed_on and taken.day() < taken.row.confirmed_on:
        raise InvalidInput("征求意见书不能发在双方确认之前，请核对日期。", "day")


def party_asked(taken: Taken) -> None:
    """征求意见: kept with the party's name sealed; the answer's clock rests from the sending on."""
    session, values = taken.session, taken.values
    seal = taken.core.vault.seal
    inquiry = PartyInquiry(
        case_id=taken.case.id, kind=values["party_kind"], party=seal(values["party"]), proof=seal(values["proof"]),
        sent_on=taken.day(), created_at=taken.now, created_by=taken.person.officer_id,
    )  # fmt: skip
    others = waiting_for(session, taken.case.id)
    session.add(inquiry)
    session.flush()
    if not others:
        why = f"征求{PARTY_NAMES[inquiry.kind]}意见"
        clocks.pause(session, taken.core, taken.case, "GK-01", taken.now, why, taken.actor, since=taken.at)


def check_received(taken: Taken) -> None:
    """A letter arrives after it was sent, and once."""
    inquiry = _inquiry(taken)
    if inquiry.received_on is not None:
        raise Conflict("这一份已经登记收到，对方的期限在计算。")
    if taken.day() < inquiry.sent_on:
        sent = f"{inquiry.sent_on.month}月{inquiry.sent_on.day}日"
        raise InvalidInput(f"对方收到不能早于发出（{sent}），请核对日期。", "day")
    taken.data["party_kind"] = inquiry.kind


def party_received(taken: Taken) -> None:
    """The party's own fifteen working days begin; an outer platform's date is not about them."""
    inquiry = _inquiry(taken)
    rule = limits_of(taken.core.profile()).rule(PARTY_RULES[inquiry.kind])
    started = clocks.add_clocks(
        taken.session, taken.core, taken.case, [rule], taken.at, taken.now, taken.actor, outer=False
    )
    taken.session.flush()
    inquiry.received_on, inquiry.clock_id = taken.day(), started[0].id
    inquiry.proof = taken.core.vault.seal(f"{taken.core.vault.open(inquiry.proof)}；{taken.values['proof']}")


def check_answer(taken: Taken) -> None:
    """Silence can be recorded once the party's time is over; an answer has a day."""
    inquiry = _inquiry(taken)
    taken.data["party_kind"] = inquiry.kind
    if taken.values["answer"] != "silent":
        if not taken.values["day"]:
            raise InvalidInput("请填写收到意见的日期。", "day")
        if taken.day() < inquiry.sent_on:
            raise InvalidInput("收到意见不能早于发出征求意见书，请核对日期。", "day")
        return
    last = last_day_of(taken.core, inquiry)
    if last is None:
        raise Conflict("还没有登记对方收到征求意见书，算不出它的期限。请先登记收到，或者改写为对方的意见。")
    if local_day(taken.now) <= last:
        raise Conflict(f"对方的期限到 {last.month}月{last.day}日 为止，现在还不能算逾期没有答复。")
    taken.data["day"] = last.isoformat()


def party_answered(taken: Taken) -> None:
    """The party's clock ends, and the answer's goes on when nobody else is waited for."""
    inquiry, answer = _inquiry(taken), taken.values["answer"]
    day = None if answer == "silent" else taken.day()
    settle(taken.session, taken.core, taken.case, inquiry, answer, day, taken.now, taken.actor)
    if answer == "silent":
        taken.note = f"{SILENCE[inquiry.kind]}。"


def settle(
    session: Session,
    core: Core,
    case: Case,
    inquiry: PartyInquiry,
    answer: str,
    day: date | None,
    now: datetime,
    actor: str,
) -> None:
    """Record what came of an inquiry on ``day`` (``None``: nothing until its last day), and let GK-01 go on.

    What comes after the party's last day ends the pause on that last day all the same (32, 33, 34).
    """
    last = last_day_of(core, inquiry)
    ended = min(day or last or local_day(now), last or date.max)
    inquiry.answer, inquiry.answered_on = answer, ended
    rule, hours = PARTY_RULES[inquiry.kind], core.profile().hours
    if inquiry.clock_id is not None and answer == "silent":
        clocks.lapse(session, core, case, rule, now, SILENCE[inquiry.kind], actor, clock_id=inquiry.clock_id)
    elif inquiry.clock_id is not None:
        at = instant_of(day or ended, now, hours)
        clocks.meet(session, core, case, at, (rule,), ANSWERS[answer], actor, clock_id=inquiry.clock_id)
    session.flush()
    if waiting_for(session, case.id):
        return
    paused = [c for c in clocks.open_clocks(session, case.id, ("paused",)) if c.rule == "GK-01"]
    if paused and paused[0].paused_since is not None:
        since = local_day(paused[0].paused_since)
        ends = [i.answered_on for i in inquiries_of(session, case.id) if i.answered_on and i.answered_on >= since]
        until = max([*ends, since])
        why = SILENCE[inquiry.kind] if answer == "silent" else f"{PARTY_NAMES[inquiry.kind]}{ANSWERS[answer]}"
        clocks.resume(session, core, case, "GK-01", now, why, actor, until=instant_of(until, now, hours))


def last_day_of(core: Core, inquiry: PartyInquiry) -> date | None:
    """The last day on which the party may answer; ``None`` while nobody knows when it received the letter."""
    if inquiry.received_on is None:
        return None
    return last_day_from(core, PARTY_RULES[inquiry.kind], inquiry.received_on)


def _inquiry(taken: Taken) -> PartyInquiry:
    found = [i for i in inquiries_of(taken.session, taken.case.id) if i.id == int(taken.values["inquiry"])]
    if not found or found[0].answer:
        raise InvalidInput("请选择还在等意见的征求意见书。", "inquiry")
    return found[0]
