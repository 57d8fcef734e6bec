"""When staff give an answer themselves (telephone, visit, post): its rows leave the queue, nobody is told twice."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.states import NOTICE_WAYS
from handlers.delivery.notices import settle_alerts
from handlers.delivery.outbox import ACTIVE, UNDECIDED
from handlers.errors import Conflict
from handlers.records import Delivery

#: Marks a failed row that a spoken or posted answer took the place of; it holds nothing up.
SUPERSEDED: Final = "superseded"


def take_out_of_queue(
    session: Session, reply_id: int, officer_id: int, now: datetime, why: str = "已由工作人员另行告知"
) -> int:
    """End every row of the reply that has not arrived, because staff tell the citizen themselves; return how many.

    In the caller's transaction, which holds the case. Raises Conflict while a row is being sent at this very moment.
    """
    wanted = select(Delivery).where(
        Delivery.reply_id == reply_id,
        Delivery.way.in_(("push", "read", *NOTICE_WAYS)),
        Delivery.state.in_((*ACTIVE, *UNDECIDED)),
    )
    rows = session.scalars(wanted.with_for_update(), execution_options={"populate_existing": True}).all()
    for row in rows:
        if row.state == "sending" and row.vendor_ref is None:  # a notice that has left only waits for its result
            raise Conflict("这份答复正在发送，请等一两分钟，看过结果再登记。")
        row.state, row.vendor_code, row.error = "failed", SUPERSEDED, why
        row.next_at, row.finished_at, row.recorded_by = None, now, officer_id
        row.claimed_by, row.lease_until = "", None
        settle_alerts(session, row, officer_id, now)
    session.flush()
    return len(rows)
