"""A citizen who writes again opens the window again: what was shut out then is sent now, without anybody's doing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, select

from handlers.core import Core
from handlers.delivery.notices import settle_alerts
from handlers.delivery.settle import lock_case
from handlers.delivery.window import COUNT_USED, WINDOW_SHUT
from handlers.records import Citizen, Delivery, Reply

#: Refused before or by the platform, so certainly not sent: repeating cannot tell anybody twice.
PARTIAL: Final = "partial"  # the count held the beginning only; what went out stands in the row
_SHUT_OUT: Final = ("window", WINDOW_SHUT, COUNT_USED, PARTIAL)
#: An answer older than that is no longer sent unasked; the citizen finds it under their number.
_NO_OLDER: Final = timedelta(days=90)


def send_when_reachable(core: Core, now: datetime, limit: int = 200) -> int:
    """Queue again what failed on a shut window once the citizen has written since; return how many.

    Only answers and questions that still hold, on cases still waiting for them; never what a person has decided about.
    """
    wanted = (
        select(Delivery.id)
        .join(Citizen, Citizen.id == Delivery.citizen_id)
        .join(Reply, and_(Reply.id == Delivery.reply_id, Reply.state == "issued"))
        .where(*_shut_out(now), Citizen.last_inbound_at > Delivery.finished_at)
        .where(Citizen.window_until > now, Citizen.window_left > 0)
        .order_by(Delivery.id)
        .limit(limit)
    )
    with core.database.read() as session:
        ids = session.scalars(wanted).all()
    return sum(_queue_again(core, delivery_id, now) for delivery_id in ids)


def _queue_again(core: Core, delivery_id: int, now: datetime) -> bool:
    with core.database.write() as session:
        seen = session.get(Delivery, delivery_id)
        case = lock_case(session, seen) if seen is not None else None
        if case is None or case.state not in ("to_deliver", "awaiting_citizen"):
            return False
        wanted = select(Delivery).where(Delivery.id == delivery_id, *_shut_out(now)).with_for_update()
        row = session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()
        if row is None:
            return False
        row.state, row.attempts, row.next_at, row.finished_at = "pending", 0, now, None
        row.vendor_code = row.error = row.tried_ways = ""
        row.way = "push"
        settle_alerts(session, row, None, now)
        facts = {"delivery": row.id, "purpose": row.purpose}
        core.ledger.append(session, case.id, "system", "delivery_again", now, facts)
        return True


def _shut_out(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.state == "failed",
        Delivery.purpose.in_(("answer", "question")),
        Delivery.vendor_code.in_(_SHUT_OUT),
        Delivery.recorded_by.is_(None),
        Delivery.finished_at > now - _NO_OLDER,
    )
