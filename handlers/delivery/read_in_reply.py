"""An answer that could not be pushed, read by its citizen in the reply to 进度: that is how it arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.delivered import settle_delivered
from handlers.core import Core
from handlers.delivery.notices import settle_alerts
from handlers.delivery.outbox import queue
from handlers.delivery.spoken import SUPERSEDED
from handlers.records import Case, Delivery, Reply


def read_in_reply(session: Session, core: Core, case: Case, now: datetime) -> None:
    """Settle the case's issued answer as read. Rows on their way are left alone: they may still arrive by themselves.

    The caller holds the case and puts the answer's whole text into the platform's passive reply.
    """
    if case.state != "to_deliver":
        return
    reply = session.scalars(
        select(Reply).where(Reply.case_id == case.id, Reply.purpose == "answer", Reply.state == "issued").limit(1)
    ).first()
    if reply is None:
        return
    wanted = select(Delivery).where(Delivery.reply_id == reply.id).with_for_update()
    rows = session.scalars(wanted, execution_options={"populate_existing": True}).all()
    if not rows or any(row.state not in ("failed", "unknown") for row in rows):
        return
    for row in rows:
        row.state, row.vendor_code, row.error = "failed", SUPERSEDED, "群众已在“进度”的回复中看到全文"
        settle_alerts(session, row, None, now)
    read = queue(
        session, purpose="answer", case_id=case.id, channel=case.channel, account=case.account, recipient="",
        text=reply.text, now=now, reply_id=reply.id, citizen_id=case.citizen_id, way="read",
    )  # fmt: skip
    read.state, read.finished_at, read.next_at = "sent", now, None
    read.proof = "群众查询进度时，平台在同一次回复中给出全文"
    settle_delivered(session, core, case, "citizen", read, now)
