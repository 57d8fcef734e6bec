"""What staff decide about a text that failed or of which nobody can say: resend, confirm, give up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.doing import required
from handlers.casework.states import NOTICE_WAYS
from handlers.core import Core
from handlers.delivery.notices import settle_alerts
from handlers.delivery.outbox import UNDECIDED
from handlers.delivery.settle import lock_case, settle_sent
from handlers.delivery.spoken import take_out_of_queue
from handlers.errors import Conflict, NotFound
from handlers.records import Case, Delivery, Reply


class Decision(StrEnum):
    """重发 · 确认已送达 · 不再发送."""

    RESEND = "resend"
    CONFIRM_SENT = "confirm_sent"
    GIVE_UP = "give_up"


DECISION_NAMES: dict[Decision, str] = {
    Decision.RESEND: "重发",
    Decision.CONFIRM_SENT: "确认已送达",
    Decision.GIVE_UP: "不再发送",
}
#: Marks a row that a person decided not to send again; it still counts as not delivered.
GIVEN_UP = "given_up"


def decide(core: Core, delivery_id: int, decision: Decision, officer_id: int, why: str, now: datetime) -> Delivery:
    """Carry out a person's decision on a ``failed`` or ``unknown`` text; the caller has checked that they may.

    Raises NotFound, InvalidInput (no reason given), Conflict (it is neither: somebody was quicker).
    """
    with core.database.write() as session:
        return decide_in(session, core, delivery_id, decision, officer_id, why, now)


def decide_in(
    session: Session, core: Core, delivery_id: int, decision: Decision, officer_id: int, why: str, now: datetime
) -> Delivery:
    """:func:`decide` inside the caller's transaction."""
    reason = required(why, "why", "理由", 300)
    seen = session.get(Delivery, delivery_id)
    if seen is None:
        raise NotFound("没有这条送达记录。")
    case = lock_case(session, seen)
    wanted = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    delivery = session.scalars(wanted, execution_options={"populate_existing": True}).one()
    if delivery.state not in UNDECIDED:
        raise Conflict("这条送达已不是“未送达”或“不明”，可能刚有人处理过；请看过现在的状态再决定。")
    reply = session.get(Reply, delivery.reply_id) if delivery.reply_id else None
    if decision == Decision.RESEND and reply is not None and reply.state == "superseded":
        raise Conflict("这份答复已被新的答复代替，不能重发；请选择“不再发送”。")
    if decision == Decision.RESEND and delivery.attempt:
        raise Conflict("这是人工登记的告知，系统不能重发；再次告知后请在诉求件上重新登记。")
    before, actor = delivery.state, f"officer:{officer_id}"
    _carry_out(session, core, delivery, case, Decision(decision), reason, actor, now)
    delivery.recorded_by = officer_id
    settle_alerts(session, delivery, officer_id, now)
    if case is not None:
        facts = {"delivery": delivery.id, "decision": str(decision), "was": before, "why": reason}
        core.ledger.append(session, case.id, actor, "decide_delivery", now, facts)
    return delivery


def _carry_out(
    session: Session,
    core: Core,
    delivery: Delivery,
    case: Case | None,
    decision: Decision,
    why: str,
    actor: str,
    now: datetime,
) -> None:
    delivery.claimed_by, delivery.lease_until = "", None  # a worker that still comes back finds it no longer its own
    if decision is Decision.RESEND:
        delivery.state, delivery.attempts, delivery.next_at = "pending", 0, now
        delivery.finished_at, delivery.error, delivery.vendor_code = None, "", ""
        delivery.tried_ways, delivery.vendor_ref = "", None
        if delivery.way in NOTICE_WAYS:
            delivery.way = "push"
    elif decision is Decision.CONFIRM_SENT:
        kept = f"{delivery.proof}；" if delivery.attempt and delivery.proof else ""
        delivery.state, delivery.finished_at, delivery.proof = "sent", now, f"{kept}经核实已送达：{why}"[:500]
        if delivery.attempt and delivery.reply_id:
            take_out_of_queue(session, delivery.reply_id, int(actor.partition(":")[2]), now)
        settle_sent(session, core, delivery, case, now, actor)
    else:
        delivery.state, delivery.finished_at, delivery.vendor_code = "failed", now, GIVEN_UP
