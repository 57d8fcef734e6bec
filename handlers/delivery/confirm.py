"""Notices that the platform took and of which it tells later whether they arrived (模板消息, 订阅通知)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.delivery.notices import settle_alerts
from handlers.delivery.settle import lock_case, settle_sent
from handlers.delivery.ways import mark_tried
from handlers.records import Case, Delivery, Message

#: The platform's events about a notice: the names are in small letters, as every event's.
NOTICE_EVENTS: Final = frozenset({"templatesendjobfinish", "subscribe_msg_sent_event"})
#: How long the platform's word is waited for; then nobody can say, and a person decides.
PATIENCE: Final = timedelta(minutes=10)
_SAID: Final[Mapping[str, str]] = {
    "failed:user block": "对方拒收公众号消息",
    "failed: system failed": "微信系统发送失败",
}


def wait_for_word(delivery: Delivery, ref: str, proof: str, now: datetime) -> None:
    """The platform took the notice: the row stays ``sending`` until its event comes or ``PATIENCE`` is over."""
    delivery.state, delivery.vendor_ref, delivery.proof = "sending", _key(delivery.account, ref), proof[:500]
    delivery.lease_until = now + PATIENCE


def try_next_way(delivery: Delivery, now: datetime) -> None:
    """The notice failed for good: queue the row again, for the next notice or to be called not delivered."""
    mark_tried(delivery)
    delivery.state, delivery.next_at, delivery.attempts = "pending", now, 0
    delivery.vendor_ref, delivery.claimed_by, delivery.lease_until = None, "", None


def heard(session: Session, core: Core, account: str, details: Mapping[str, Any], now: datetime) -> bool:
    """Take in the platform's event about a notice; returns whether it concerned one that waits for it."""
    ref, said = str(details.get("MsgID") or ""), _status(details)
    seen = session.scalars(select(Delivery).where(Delivery.vendor_ref == _key(account, ref))).first() if ref else None
    if seen is None:
        return False
    case = lock_case(session, seen)
    mine = select(Delivery).where(Delivery.id == seen.id).with_for_update()
    delivery = session.scalars(mine, execution_options={"populate_existing": True}).one()
    undecided = delivery.state == "unknown" and delivery.recorded_by is None
    if not (delivery.state == "sending" or undecided) or delivery.vendor_ref != seen.vendor_ref:
        return False
    _settle(session, core, delivery, case, said, now)
    return True


def heard_before(session: Session, core: Core, delivery: Delivery, case: Case | None, now: datetime) -> None:
    """The platform's event can be quicker than our own record of having sent: look among what came in."""
    wanted = select(Message.details).where(
        Message.citizen_id == delivery.citizen_id,
        Message.received_at > now - PATIENCE,
        Message.event.in_(NOTICE_EVENTS),
    )
    for details in session.scalars(wanted):
        if _key(delivery.account, str(details.get("MsgID") or "")) == delivery.vendor_ref:
            _settle(session, core, delivery, case, _status(details), now)
            return


def _settle(session: Session, core: Core, delivery: Delivery, case: Case | None, said: str, now: datetime) -> None:
    if said.startswith("success"):
        delivery.state, delivery.finished_at, delivery.next_at = "sent", now, None
        delivery.claimed_by, delivery.lease_until, delivery.error, delivery.vendor_code = "", None, "", ""
        delivery.proof = f"{delivery.proof}；平台确认已送达"[:500]
        settle_alerts(session, delivery, None, now)
        settle_sent(session, core, delivery, case, now)
        return
    settle_alerts(session, delivery, None, now)
    delivery.error = f"平台通知没有送达（{_SAID.get(said, said[:60] or '没有说明')}）。"
    try_next_way(delivery, now)


def _status(details: Mapping[str, Any]) -> str:
    """``success``, or why not; 订阅通知 tell it by a number."""
    said = str(details.get("Status") or details.get("ErrorStatus") or "").strip().lower()
    return "success" if not said and str(details.get("ErrorCode")) == "0" else said


def _key(account: str, ref: str) -> str | None:
    return f"{account[:38]}:{ref}"[:80] if ref else None
