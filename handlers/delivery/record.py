"""Recording what became of a try, so that a late record never overwrites what a person decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.casework.doing import lock
from handlers.core import Core
from handlers.delivery import window
from handlers.delivery.claim import Claim, Obstacle
from handlers.delivery.confirm import heard_before, try_next_way, wait_for_word
from handlers.delivery.followed import ENDED
from handlers.delivery.notices import settle_alerts
from handlers.delivery.outbox import WAITING
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.reachable import PARTIAL
from handlers.delivery.settle import settle_sent, settle_undelivered
from handlers.delivery.spoken import SUPERSEDED
from handlers.records import Case, Delivery

_OBSTACLES: Final[dict[str, str]] = {
    "window": "微信会话已过 48 小时或条数已用完，没有发出；群众可回复“进度”或在网页上查看，也可改用电话等方式告知。",
    "no_channel": "这个渠道没有开通，没有发出；请管理员检查渠道设置，或改用其他方式告知。",
    SUPERSEDED: "已有新的答复代替这一份，没有发出。",
    ENDED: "对这件的关注已经停止，没有发出。",
    "no_push": "这个渠道不能主动发送，没有发出；群众可回复“进度”或在网页上查看，也可改用电话等方式告知。",
}
_READABLE: Final = "可凭编号和查询码在网上查看，已在受理时告知"


@dataclass(frozen=True, slots=True)
class Result:
    """How one try ended: ``sent``, ``retry``, ``failed``, ``unknown``, ``untried`` (given back unsent), or ``accepted``
    (the platform tells under ``ref`` whether it arrived). ``parts`` of its messages certainly went out (``None``: all
    that were to, when sent).
    """

    outcome: str
    parts: int | None = None
    ref: str = ""
    proof: str = ""
    error: str = ""
    code: str = ""
    retry_at: datetime | None = None


def record(core: Core, claim: Claim, result: Result, policy: DeliveryPolicy, now: datetime, jitter: float) -> str:
    """Write a try's result and what follows from it in one transaction; return the new state.

    Returns ``late`` when the row is no longer this claim's: its lease passed and somebody decided since. A row that the
    sweep called ``unknown`` still takes a late ``sent`` or ``failed``, since that is the answer people wait for.
    """
    with core.database.write() as session:
        if claim.reserved is not None and result.outcome != "sent":
            window.hold(session, claim.reserved)
        delivery, case = _held(session, claim.delivery_id, claim.case_id)
        if delivery is None or not _still_ours(delivery, claim, result):
            return "late"
        alerted = delivery.state == "unknown"
        _apply(delivery, claim, result, policy, now, jitter)
        if delivery.state == "retry":
            _put_off_the_next(session, delivery)
        _count(session, core, claim, result)
        if delivery.state == "sent":
            if alerted:
                settle_alerts(session, delivery, None, now)
            settle_sent(session, core, delivery, case, now)
        elif delivery.state in ("failed", "unknown"):
            settle_undelivered(session, core, delivery, case, now)
        elif result.outcome == "accepted":
            heard_before(session, core, delivery, case, now)
        return delivery.state


def record_obstacle(core: Core, obstacle: Obstacle, now: datetime) -> str:
    """End a due text that is not to be sent: readable as it is, or failed with the reason; return the new state."""
    with core.database.write() as session:
        delivery, case = _held(session, obstacle.delivery_id, obstacle.case_id)
        if delivery is None or delivery.state not in WAITING:
            return "late"
        delivery.next_at, delivery.finished_at = None, now
        if obstacle.code == "read":
            delivery.state, delivery.proof = "sent", _READABLE
            settle_sent(session, core, delivery, case, now)
        else:
            delivery.state, delivery.vendor_code = "failed", obstacle.code
            # What the notices met stands in front of what is left to do.
            before = delivery.error if delivery.tried_ways and obstacle.code == "window" else ""
            delivery.error = " ".join(filter(None, (before, _OBSTACLES[obstacle.code])))[:500]
            settle_undelivered(session, core, delivery, case, now)
        return delivery.state


def _held(session: Session, delivery_id: int, case_id: int | None) -> tuple[Delivery | None, Case | None]:
    """The delivery and its case, both locked, the case first."""
    case = lock(session, case_id) if case_id else None
    wanted = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    return session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none(), case


def _still_ours(delivery: Delivery, claim: Claim, result: Result) -> bool:
    same = delivery.claimed_by == claim.claimed_by and delivery.lease_until == claim.lease_until
    late = delivery.state == "unknown" and delivery.recorded_by is None and result.outcome in ("sent", "failed")
    return same and (delivery.state == "sending" or late)


def _apply(
    delivery: Delivery, claim: Claim, result: Result, policy: DeliveryPolicy, now: datetime, jitter: float
) -> None:
    delivery.error, delivery.vendor_code = result.error[:500], result.code[:40]
    delivery.parts_sent = claim.content.skip + _gone_out(claim, result)
    outcome = result.outcome
    if outcome == "untried":
        delivery.state, delivery.attempts, delivery.next_at = "retry", delivery.attempts - 1, now
    elif outcome == "accepted":
        wait_for_word(delivery, result.ref, result.proof, now)
    elif outcome == "retry" and delivery.attempts < policy.tries(delivery.purpose):
        delivery.state = "retry"
        delivery.next_at = policy.next_try(delivery.purpose, delivery.attempts, now, jitter, result.retry_at)
    elif outcome in ("retry", "failed") and claim.content.notice is not None:
        try_next_way(delivery, now)
    elif outcome == "sent" and claim.content.notice is None and delivery.parts_sent < claim.parts_total:
        _cut_short(delivery, claim.parts_total, now)
    else:
        delivery.state = "failed" if outcome == "retry" else outcome
        delivery.proof, delivery.next_at, delivery.finished_at = result.proof[:500], None, now
    if delivery.state in WAITING:
        delivery.claimed_by, delivery.lease_until = "", None


def _gone_out(claim: Claim, result: Result) -> int:
    if result.parts is not None or result.outcome != "sent" or claim.content.notice:
        return result.parts or 0
    return claim.reserved.parts if claim.reserved else max(0, claim.parts_total - claim.content.skip)


def _cut_short(delivery: Delivery, total: int, now: datetime) -> None:
    """The count held only the beginning: the rest goes out when the citizen writes again; nothing is met till then."""
    delivery.state, delivery.vendor_code, delivery.next_at, delivery.finished_at = "failed", PARTIAL, None, now
    delivery.error = (
        f"答复共 {total} 条，平台额度内发出 {delivery.parts_sent} 条。群众再来信或回复“进度”后自动发送其余，"
        "也可在网页上看全文；急的请电话告知。"
    )


def _put_off_the_next(session: Session, delivery: Delivery) -> None:
    """What waits in line behind a text that must wait is due no earlier, and keeps out of the queue's front."""
    behind = (
        Delivery.recipient == delivery.recipient,
        Delivery.state == "pending",
        Delivery.channel == delivery.channel,
        Delivery.account == delivery.account,
        Delivery.purpose != "alert",
        Delivery.id > delivery.id,
        Delivery.next_at < delivery.next_at,
    )
    if delivery.purpose != "alert":
        session.execute(update(Delivery).where(*behind).values(next_at=delivery.next_at))


def _count(session: Session, core: Core, claim: Claim, result: Result) -> None:
    """Keep the count of pushes left true: what certainly was not sent is given back."""
    if claim.reserved is None:
        return
    if result.code in (window.WINDOW_SHUT, window.COUNT_USED):
        window.shut(session, claim.reserved)
        return
    doubtful = 1 if result.outcome == "unknown" else 0
    unused = claim.reserved.parts - _gone_out(claim, result) - doubtful
    if result.outcome != "sent" and unused > 0:
        window.give_back(session, claim.reserved, unused, core.policy.window_quota)


def overdue(claim: Claim, policy: DeliveryPolicy, now: datetime) -> bool:
    """Whether too little of the lease is left to begin sending safely."""
    return now >= claim.lease_until - min(policy.margin, policy.lease - timedelta(seconds=1))
