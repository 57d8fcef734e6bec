"""Claiming due texts: each by one worker, and for one citizen only the first in line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from handlers.core import Core
from handlers.delivery.followed import ENDED, ended
from handlers.delivery.outbox import ACTIVE, PURPOSES, WAITING
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.senders import Sender, Senders, parts_of
from handlers.delivery.spoken import SUPERSEDED
from handlers.delivery.ways import next_notice
from handlers.delivery.window import Reserved, lock_citizens, reserve
from handlers.messages import OutboundContent
from handlers.records.base import Instant
from handlers.records.citizen import Citizen
from handlers.records.delivery import Delivery
from handlers.records.reply import Reply

#: How many of each purpose and state are looked at; those behind another text to the same person are put off.
_FRONT: Final = 64
#: The instants of a look, bound when it is taken: the two queries are made once, since every run asks them many times.
_NOW: Final = bindparam("now", type_=Instant(timezone=True))
_SOON: Final = bindparam("soon", type_=Instant(timezone=True))


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
    parts_total: int = 0
    case_id: int | None = None

    @property
    def way(self) -> str:
        """How it goes out: ``push``, or by a notice of the platform."""
        return self.content.notice.way if self.content.notice else "push"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A due text that is not to be sent: ``window``, ``no_channel``, ``no_push``, ``superseded``,
    ``ended``, or ``read``."""

    delivery_id: int
    code: str
    case_id: int | None = None


@dataclass(slots=True)
class Claims:
    """What one look at the outbox gave."""

    claims: list[Claim] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.claims or self.obstacles)


def claim_due(core: Core, senders: Senders, policy: DeliveryPolicy, worker: str, now: datetime, limit: int) -> Claims:
    """Claim up to ``limit`` due texts in one short transaction; windows and quotas are looked at before."""
    found = Claims()
    with core.database.write() as session:
        when = {"now": now, "soon": now + policy.closing_soon}
        front = session.scalars(_front(), when).all()
        due = session.scalars(_due(), when | {"front": front, "most": limit}).all() if front else []
        citizens = lock_citizens(session, {row.citizen_id for row in due if row.citizen_id})
        replies, over = _replies(session, due), ended(session, due)
        for delivery in due:
            sender = senders.get((delivery.channel, delivery.account))
            code = ENDED if delivery.id in over else _unsendable(delivery, replies, sender)
            if code or sender is None:
                found.obstacles.append(Obstacle(delivery.id, code, delivery.case_id))
                continue
            if delivery.citizen_id and delivery.citizen_id not in citizens:
                continue  # being written at this moment: at the next look
            way = _way_out(session, core, delivery, citizens, sender, now)
            if way is None:
                found.obstacles.append(Obstacle(delivery.id, "window", delivery.case_id))
                continue
            found.claims.append(_take(delivery, *way, policy, worker, now))
    return found


def _replies(session: Session, due: Sequence[Delivery]) -> dict[int, str]:
    """The states of the replies that are to go out, by id."""
    ids = {row.reply_id for row in due if row.reply_id}
    if not ids:
        return {}
    return dict(session.execute(select(Reply.id, Reply.state).where(Reply.id.in_(ids))).tuples().all())


def _way_out(
    session: Session, core: Core, delivery: Delivery, citizens: dict[int, Citizen], sender: Sender, now: datetime
) -> tuple[OutboundContent, Reserved | None] | None:
    """What goes out now and what it takes of the count: the text while the window is open, else a notice.

    ``None`` when there is no way. Of a text that the count does not hold whole goes out what fits.
    """
    text = OutboundContent(delivery.text, delivery.link, skip=delivery.parts_sent)
    if sender.capabilities.window_hours is None or not delivery.citizen_id:
        return text, None
    delivery.parts_total = parts_of(sender, text)
    wanted = max(1, delivery.parts_total - delivery.parts_sent)
    reserved = reserve(citizens[delivery.citizen_id], wanted, now)
    if reserved is not None:
        return replace(text, most=reserved.parts), reserved
    notice = next_notice(session, core, delivery, sender, now)
    return (OutboundContent(delivery.text, delivery.link, notice=notice), None) if notice else None


def _take(
    delivery: Delivery,
    content: OutboundContent,
    reserved: Reserved | None,
    policy: DeliveryPolicy,
    worker: str,
    now: datetime,
) -> Claim:
    delivery.state, delivery.claimed_by, delivery.lease_until = "sending", worker, now + policy.lease
    delivery.way = content.notice.way if content.notice else "push"
    delivery.attempts += 1
    return Claim(
        delivery.id, delivery.purpose, delivery.channel, delivery.account, delivery.recipient, content,
        delivery.attempts, now + policy.lease, worker, reserved, delivery.parts_total, delivery.case_id,
    )  # fmt: skip


def _unsendable(delivery: Delivery, replies: dict[int, str], sender: Sender | None) -> str:
    if replies.get(delivery.reply_id or 0) == "superseded":
        return SUPERSEDED
    if delivery.way == "read":
        return "read"
    if sender is None:
        return "no_channel"
    return "" if sender.capabilities.can_push else "no_push"


@lru_cache(maxsize=1)
def _due() -> Select[tuple[Delivery]]:
    """Of the ids ``front`` at most ``most``, locked, in the order in which they should go out."""
    due = select(Delivery).outerjoin(Citizen, Citizen.id == Delivery.citizen_id)
    # State and instant once more: between looking and locking another worker may have taken the row.
    front = Delivery.id.in_(bindparam("front", expanding=True))
    due = due.where(front, Delivery.state.in_(WAITING), Delivery.next_at <= _NOW)
    due = due.where(_first_in_line())
    # Alerts first, then who can soon no longer be reached (the nearest end first), then who has waited longest.
    closing = and_(Citizen.window_until > _NOW, Citizen.window_until <= _SOON)
    rank = case((Delivery.purpose == "alert", 0), (closing, 1), else_=2)
    nearest = case((closing, Citizen.window_until), else_=None)
    due = due.order_by(rank, nearest, Delivery.next_at, Delivery.id).limit(bindparam("most", type_=Integer))
    return due.with_for_update(of=Delivery, skip_locked=True)


@lru_cache(maxsize=1)
def _front() -> Select[tuple[int]]:
    """The front of the queue, purpose by purpose: a long queue must not be sorted whole at every look.

    Asked for by itself: inside the other query, its speed would hang on how fresh the planner's counts are. Texts
    whose window ends next are found from the citizens' side: they may stand anywhere in the queue.
    """
    longest = [
        select(Delivery.id)
        .where(Delivery.state == state, Delivery.purpose == purpose, Delivery.next_at <= _NOW)
        .order_by(Delivery.next_at)
        .limit(_FRONT)
        .subquery()
        for state in WAITING
        for purpose in PURPOSES
    ]
    closing = (
        select(Delivery.id)
        .join(Citizen, and_(Citizen.sender_id == Delivery.recipient, Citizen.id == Delivery.citizen_id))
        .where(Citizen.window_until > _NOW, Citizen.window_until <= _SOON)
        .where(Delivery.state.in_(WAITING), Delivery.next_at <= _NOW)
        .order_by(Citizen.window_until)
        .limit(_FRONT)
        .subquery()
    )
    every = union_all(*(select(front.c.id) for front in (*longest, closing))).subquery()
    return select(every.c.id).distinct()


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
