"""Recording what became of a try, so that a late record never overwrites what a person decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.delivery import window
from handlers.delivery.claim import Claim, Obstacle
from handlers.delivery.notices import settle_alerts
from handlers.delivery.outbox import WAITING
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.settle import lock_case, settle_sent, settle_undelivered
from handlers.delivery.spoken import SUPERSEDED
from handlers.records import Case, Delivery

_OBSTACLES: Final[dict[str, str]] = {
    "window": "平台的发送时限已过或条数已用完，没有发出；群众可回复“进度”或在网页上查看，也可改用电话等方式告知。",
    "no_channel": "这个渠道没有开通，没有发出；请管理员检查渠道设置，或改用其他方式告知。",
    SUPERSEDED: "已有新的答复代替这一份，没有发出。",
    "no_push": "这个渠道不能主动发送，没有发出；群众可回复“进度”或在网页上查看，也可改用电话等方式告知。",
}
_READABLE: Final = "可凭编号和查询码在网上查看，已在受理时告知"


@dataclass(frozen=True, slots=True)
class Result:
    """How one try ended: ``sent``, ``retry``, ``failed``, ``unknown``, or ``untried`` (given back unsent)."""

    outcome: str
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
        delivery, case = _held(session, claim.delivery_id)
        if delivery is None or not _still_ours(delivery, claim, result):
            return "late"
        _apply(delivery, result, policy, now, jitter)
        if delivery.state == "retry":
            _put_off_the_next(session, delivery)
        _count(session, core, claim, result)
        if delivery.state == "sent":
            settle_alerts(session, delivery, None, now)
            settle_sent(session, core, delivery, case, now)
        elif delivery.state in ("failed", "unknown"):
            settle_undelivered(session, core, delivery, case, now)
        return delivery.state


def record_obstacle(core: Core, obstacle: Obstacle, now: datetime) -> str:
    """End a due text that is not to be sent: readable as it is, or failed with the reason; return the new state."""
    with core.database.write() as session:
        delivery, case = _held(session, obstacle.delivery_id)
        if delivery is None or delivery.state not in WAITING:
            return "late"
        delivery.next_at, delivery.finished_at = None, now
        if obstacle.code == "read":
            delivery.state, delivery.proof = "sent", _READABLE
            settle_sent(session, core, delivery, case, now)
        else:
            delivery.state, delivery.vendor_code = "failed", obstacle.code
            delivery.error = _OBSTACLES[obstacle.code]
            settle_undelivered(session, core, delivery, case, now)
        return delivery.state


def _held(session: Session, delivery_id: int) -> tuple[Delivery | None, Case | None]:
    """The delivery and its case, both locked, the case first."""
    seen = session.get(Delivery, delivery_id)
    if seen is None:
        return None, None
    case = lock_case(session, seen)
    wanted = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    return session.scalars(wanted, execution_options={"populate_existing": True}).one(), case


def _still_ours(delivery: Delivery, claim: Claim, result: Result) -> bool:
    same = delivery.claimed_by == claim.claimed_by and delivery.lease_until == claim.lease_until
    late = delivery.state == "unknown" and delivery.recorded_by is None and result.outcome in ("sent", "failed")
    return same and (delivery.state == "sending" or late)


def _apply(delivery: Delivery, result: Result, policy: DeliveryPolicy, now: datetime, jitter: float) -> None:
    delivery.error, delivery.vendor_code = result.error[:500], result.code[:40]
    if result.outcome == "untried":
        delivery.state, delivery.attempts, delivery.next_at = "retry", delivery.attempts - 1, now
    elif result.outcome == "retry" and delivery.attempts < policy.tries(delivery.purpose):
        delivery.state = "retry"
        delivery.next_at = policy.next_try(delivery.purpose, delivery.attempts, now, jitter, result.retry_at)
    else:
        delivery.state = "failed" if result.outcome == "retry" else result.outcome
        delivery.proof, delivery.next_at, delivery.finished_at = result.proof[:500], None, now
    if delivery.state == "retry":
        delivery.claimed_by, delivery.lease_until = "", None


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
    elif result.outcome in ("retry", "failed", "untried"):
        window.give_back(session, claim.reserved, core.policy.window_quota)


def overdue(claim: Claim, policy: DeliveryPolicy, now: datetime) -> bool:
    """Whether too little of the lease is left to begin sending safely."""
    return now >= claim.lease_until - min(policy.margin, policy.lease - timedelta(seconds=1))
