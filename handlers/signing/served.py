"""A signed document has reached its addressee on paper: a delivery like any answer's, of exactly what was signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.delivered import settle_delivered
from handlers.casework.doing import actor_of
from handlers.core import Core
from handlers.delivery.outbox import queue, text_sha256
from handlers.errors import Conflict
from handlers.records import Case, Document, Reply


def act_served(
    session: Session, core: Core, case: Case, document: Document, person: Person, at: datetime, now: datetime
) -> None:
    """Record the arrival of a signed document that was served with proof at ``at``; the case then counts as answered.

    Raises Conflict when the words kept are not the ones that were signed.
    """
    if document.reply_id is None:
        return
    reply = session.get_one(Reply, document.reply_id)
    if text_sha256(reply.text) != reply.sha256:
        raise Conflict("保存的文字与签发时的不一样，不能登记送达。请联系管理员。")
    delivery = queue(
        session, purpose="answer", case_id=case.id, channel=case.channel, account=case.account, recipient="",
        text=reply.text, now=now, reply_id=reply.id, citizen_id=case.citizen_id, way="paper",
    )  # fmt: skip
    delivery.state, delivery.finished_at, delivery.next_at = "sent", at, None
    delivery.proof, delivery.recorded_by = document.number, person.officer_id
    settle_delivered(session, core, case, actor_of(person), delivery, now)
