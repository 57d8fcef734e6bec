"""Claiming due texts: each by one worker, and for one citizen only the first in line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from handlers.delivery.outbox import ACTIVE, PURPOSES, WAITING
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.senders import Sender, Senders, parts_of
from handlers.delivery.spoken import SUPERSEDED
from handlers.delivery.window import Reserved, reserve
from handlers.messages import OutboundContent
from handlers.records.citizen import Citizen
from handlers.records.database import Database
from handlers.records.delivery import Delivery
from handlers.records.reply import Reply

#: How many of each purpose and state are looked at; those behind another text to the same person are put off.
_FRONT: Final = 64


@dataclass(frozen=True, slots=True)
class Claim:
    """One text that this worker alone may send until ``lease_until``."""

    delivery_id: int
    purpose: str
    channel: str
    account: str
    recipient: str
    content: OutboundContent = field(repr=False)
    attempts: int
    lease_until: datetime
    claimed_by: str
    reserved: Reserved | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A due text that is not to be sent: ``window``, ``no_channel``, ``no_push``, ``superseded``, or ``read``."""

    delivery_id: int
    code: str


@dataclass(slots=True)
class Claims:
    """What one look at the outbox gave."""

    claims: list[Claim] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.claims or self.obstacles)


def claim_due(
    database: Database, senders: Senders, policy: DeliveryPolicy, worker: str, now: datetime, limit: int
) -> Claims:
    """Claim up to ``limit`` due texts in one short transaction; windows and quotas are looked at before."""
    found = Claims()
    with database.write() as session:
        for delivery in session.scalars(_due(policy, now, limit)):
            _take(session, delivery, senders, policy, worker, now, found)
    return found


def _take(
    session: Session,
    delivery: Delivery,
    senders: Senders,
    policy: DeliveryPolicy,
    worker: str,
    now: datetime,
    found: Claims,
) -> None:
    sender = senders.get((delivery.channel, delivery.account))
    content = OutboundContent(delivery.text, delivery.link)
    reserved: Reserved | None = None
    code = _unsendable(session, delivery, sender)
    if not code and sender is not None and sender.capabilities.window_hours is not None and delivery.citizen_id:
        reserved = reserve(session, delivery.citizen_id, parts_of(sender, content), now)
        code = "" if reserved else "window"
    if code:
        found.obstacles.append(Obstacle(delivery.id, code))
        return
    delivery.state, delivery.claimed_by, delivery.lease_until = "sending", worker, now + policy.lease
    delivery.attempts += 1
    found.claims.append(
        Claim(
            delivery.id, delivery.purpose, delivery.channel, delivery.account, delivery.recipient, content,
            delivery.attempts, now + policy.lease, worker, reserved,
        )
    )  # fmt: skip


def _unsendable(session: Session, delivery: Delivery, sender: Sender | None) -> str:
    reply = session.get(Reply, delivery.reply_id) if delivery.reply_id else None
    if reply is not None and reply.state == "superseded":
        return SUPERSEDED
    if delivery.way == "read":
        return "read"
    if sender is None:
        return "no_channel"
    return "" if sender.capabilities.can_push else "no_push"


def _due(policy: DeliveryPolicy, now: datetime, limit: int) -> Select[tuple[Delivery]]:
    due = select(Delivery).outerjoin(Citizen, Citizen.id == Delivery.citizen_id)
    # State and instant once more: between looking and locking another worker may have taken the row.
    due = due.where(Delivery.id.in_(_longest_due(now)), Delivery.state.in_(WAITING), Delivery.next_at <= now)
    due = due.where(_first_in_line())
    # Alerts first, then who can soon no longer be reached, then who has waited longest.
    closing = and_(Citizen.window_until > now, Citizen.window_until <= now + policy.closing_soon)
    rank = case((Delivery.purpose == "alert", 0), (closing, 1), else_=2)
    due = due.order_by(rank, Delivery.next_at, Delivery.id).limit(limit)
    return due.with_for_update(of=Delivery, skip_locked=True)


def _longest_due(now: datetime) -> Select[tuple[int]]:
    """The front of the queue, purpose by purpose: a long queue must not be sorted whole at every look."""
    fronts = [
        select(Delivery.id)
        .where(Delivery.state == state, Delivery.purpose == purpose, Delivery.next_at <= now)
        .order_by(Delivery.next_at)
        .limit(_FRONT)
        .subquery()
        for state in WAITING
        for purpose in PURPOSES
    ]
    every = union_all(*(select(front.c.id) for front in fronts)).subquery()
    return select(every.c.id)


def _first_in_line() -> ColumnElement[bool]:
    """Two texts to one citizen arrive in the order queued; an alert never waits behind another."""
    earlier = aliased(Delivery)
    waits = exists().where(
        earlier.recipient == Delivery.recipient,
        earlier.state.in_(ACTIVE),
        earlier.channel == Delivery.channel,
        earlier.account == Delivery.account,
        earlier.way == "push",
        earlier.purpose != "alert",
        earlier.id < Delivery.id,
    )
    return or_(Delivery.purpose == "alert", Delivery.way == "read", ~waits)
