"""送达: an answer has reached the citizen — by the outbox, by being readable, or told by staff and recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person
from handlers.casework.attempts import ATTEMPT, Attempt, checked
from handlers.casework.doing import actor_of, begin, changed, lock
from handlers.casework.followers_told import tell_followers
from handlers.casework.states import ANSWERS
from handlers.core import Core
from handlers.delivery.outbox import queue
from handlers.delivery.spoken import take_out_of_queue
from handlers.errors import InvalidInput
from handlers.records import Case, Delivery, Reply


def answer_delivered(session: Session, core: Core, delivery: Delivery, now: datetime) -> None:
    """The outbox's word that a delivery is ``sent`` (or a person's decision that it was).

    Moves the case to ``answered`` when the issued answer has arrived; anything else only stands in the history.
    """
    case = lock(session, delivery.case_id) if delivery.case_id else None
    if case is None or delivery.state != "sent":
        return
    settle_delivered(session, core, case, "system", delivery, now)


def settle_delivered(
    session: Session, core: Core, case: Case, actor: str, delivery: Delivery, now: datetime, action: str = "delivered"
) -> None:
    """Record an arrival on a locked case; the limits are met at the instant it arrived."""
    reply = session.get(Reply, delivery.reply_id) if delivery.reply_id else None
    data: dict[str, Any] = {"delivery": delivery.id, "purpose": delivery.purpose, "way": delivery.way}
    is_answer = reply is not None and reply.purpose in ANSWERS and reply.state == "issued"
    if not is_answer or case.state != "to_deliver":
        if reply is not None:
            core.ledger.append(session, case.id, actor, "delivered", now, data)
        return
    arrived = delivery.finished_at or now
    case.answered_at = arrived
    if arrived != now:
        data["arrived"] = arrived.isoformat()
    changed(session, core, case, actor, action, now, data, to="answered")
    timing.answered(session, core, case, arrived, now)
    tell_followers(session, core, case, "已答复", f"answered:{delivery.id}", now)


def record_delivery(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    way: str,
    told_whom: str,
    gist: str,
    proof: str = "",
    number: str = "",
    outcome: str = "",
    at: datetime | None = None,
    now: datetime,
) -> Delivery:
    """Record an answer told by telephone, in person, by post, by SMS or on the outer platform — or the try at it.

    ``outcome`` is a result of :data:`handlers.casework.attempts.RESULTS_OF` ("" = all went well); only one that says
    that it arrived moves the case on. ``told_whom`` and ``number`` are sealed. ``at`` is when it happened (not in the
    future, not before the answer was issued).
    """
    case = begin(session, person, case_id, version, "record_delivery", now)
    tried = checked(way, outcome, told_whom, number, gist, proof)
    reply = _issued(session, case)
    at = at or now
    if at > now or (reply.issued_at and at < reply.issued_at):
        raise InvalidInput("送达时间应在签发之后、现在之前。", "at")
    arrived = tried.result.state == "sent"
    if arrived:
        take_out_of_queue(session, reply.id, person.officer_id, now)
    delivery = queue(
        session, purpose="answer", case_id=case.id, channel=case.channel, account=case.account, recipient="",
        text=reply.text, now=now, reply_id=reply.id, citizen_id=case.citizen_id, way=way,
    )  # fmt: skip
    _write_down(core, delivery, tried, person, at)
    if arrived:
        settle_delivered(session, core, case, actor_of(person), delivery, now, "record_delivery")
    else:
        data = {"delivery": delivery.id, "way": way, "outcome": tried.outcome}
        changed(session, core, case, actor_of(person), "record_attempt", now, data)
    return delivery


def _write_down(core: Core, delivery: Delivery, tried: Attempt, person: Person, at: datetime) -> None:
    delivery.state, delivery.finished_at, delivery.next_at = tried.result.state, at, None
    delivery.attempt, delivery.recorded_by = tried.outcome, person.officer_id
    delivery.told_whom = core.vault.seal(tried.told_whom) if tried.told_whom else ""
    delivery.told_number = core.vault.seal(tried.number) if tried.number else ""
    delivery.proof = "；".join(filter(None, (tried.gist, tried.proof)))
    if tried.result.state != "sent":
        delivery.vendor_code, delivery.error = ATTEMPT, tried.result.name


def _issued(session: Session, case: Case) -> Reply:
    wanted = select(Reply).where(Reply.case_id == case.id, Reply.purpose == "answer", Reply.state == "issued")
    reply = session.scalars(wanted.order_by(Reply.id.desc()).limit(1)).first()
    if reply is None:
        raise InvalidInput("这件没有要告知的答复；签发的文书要书面送达，请在“文书”里登记送达。", "reply")
    return reply
