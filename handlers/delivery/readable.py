"""Answers that could not be pushed: their citizen has now read them some other way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from handlers.casework.doing import lock
from handlers.core import Core
from handlers.delivery.notices import settle_alerts
from handlers.delivery.outbox import UNDECIDED, WAITING, queue
from handlers.delivery.settle import settle_sent
from handlers.delivery.spoken import SUPERSEDED
from handlers.records import Case, Delivery, Reply

#: How a citizen read an answer, for the proof.
READ_WAYS: dict[str, str] = {
    "progress": "群众回复“进度”，答复已在同一次回复中给出",
    "web": "群众凭编号和查询码在网页上查看了答复",
    "rest": "来件平台通过接口取走了答复",
}


def read_by_citizen(session: Session, core: Core, case_id: int, how: str, now: datetime) -> bool:
    """Record that the citizen has just been shown the whole issued answer (``how``: a key of ``READ_WAYS``).

    Rows that wait, failed or hang become ``sent`` by way of reading; a row being sent at this moment is left to its
    worker. An answer that no channel could push, so that nothing was queued, arrives hereby. Returns whether anything
    changed. In the caller's transaction, which must be a write.
    """
    case = lock(session, case_id)
    if case is None:
        return False
    # A notice that says "read it there" has done so before the platform says that it arrived.
    on_its_way = and_(Delivery.state == "sending", Delivery.vendor_ref.is_not(None))
    wanted = (
        select(Delivery)
        .join(Reply, Reply.id == Delivery.reply_id)
        .where(
            Delivery.case_id == case_id,
            Delivery.purpose == "answer",
            or_(Delivery.state.in_((*WAITING, *UNDECIDED)), on_its_way),
            Delivery.vendor_code != SUPERSEDED,
            Delivery.attempt == "",
            Reply.state == "issued",
        )
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
    )
    rows = [*session.scalars(wanted, execution_options={"populate_existing": True}), *_never_queued(session, case, now)]
    for row in rows:
        row.state, row.way, row.proof, row.finished_at = "sent", "read", READ_WAYS[how], now
        row.next_at, row.claimed_by, row.lease_until = None, "", None
        settle_alerts(session, row, None, now)
        settle_sent(session, core, row, case, now, "citizen")
    return bool(rows)


def _never_queued(session: Session, case: Case, now: datetime) -> list[Delivery]:
    """The issued answer where the channel could not push it and nothing was queued (a subscription account)."""
    if case.state != "to_deliver":
        return []
    queued = select(Delivery.id).where(Delivery.reply_id == Reply.id)
    wanted = select(Reply).where(
        Reply.case_id == case.id, Reply.purpose == "answer", Reply.state == "issued", ~queued.exists()
    )
    return [
        queue(
            session,
            purpose="answer",
            case_id=case.id,
            channel=case.channel,
            account=case.account,
            recipient="",
            text=reply.text,
            now=now,
            reply_id=reply.id,
            citizen_id=case.citizen_id,
            way="read",
        )
        for reply in session.scalars(wanted)
    ]
