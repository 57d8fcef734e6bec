"""Texts whose worker never came back: nobody can say whether they were sent, so a person decides."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from handlers.core import Core
from handlers.delivery.settle import lock_case, settle_undelivered
from handlers.records import Delivery

_log = logging.getLogger(__name__)
_WHY = "发送途中程序中断，无法确认是否已送出；请核实后选择重发、确认已送达或改用其他方式。"
_NO_WORD = "微信收下了通知，但没有告知是否送达；请核实后选择重发、确认已送达或改用其他方式。"


def sweep_stuck(core: Core, now: datetime, limit: int = 200) -> int:
    """Make every text still ``sending`` after its lease ``unknown``, with an event and an alert; never resend it.

    Returns how many. Safe to run in any number of processes: each row is taken over by one.
    """
    with core.database.read() as session:
        stuck = select(Delivery.id).where(Delivery.state == "sending", Delivery.lease_until <= now)
        ids = session.scalars(stuck.order_by(Delivery.lease_until).limit(limit)).all()
    return sum(_take_over(core, delivery_id, now) for delivery_id in ids)


def _take_over(core: Core, delivery_id: int, now: datetime) -> bool:
    try:
        return _give_up_waiting(core, delivery_id, now, settle_undelivered)
    except Exception as fault:  # the state is what people must see, even where its event or alert cannot be written
        _log.error("delivery %d: its event and alert could not be written (%s)", delivery_id, type(fault).__name__)
        return _give_up_waiting(core, delivery_id, now, lambda *_: None)


def _give_up_waiting(core: Core, delivery_id: int, now: datetime, settle: Callable[..., None]) -> bool:
    with core.database.write() as session:
        seen = session.get(Delivery, delivery_id)
        case = lock_case(session, seen) if seen is not None else None
        wanted = select(Delivery).where(
            Delivery.id == delivery_id, Delivery.state == "sending", Delivery.lease_until <= now
        )
        stuck = session.scalars(wanted.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
        if stuck is None:
            return False
        stuck.state, stuck.next_at, stuck.finished_at = "unknown", None, now
        stuck.error = _NO_WORD if stuck.vendor_ref else _WHY
        settle(session, core, stuck, case, now)
        return True
