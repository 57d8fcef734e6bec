"""Retry: parked messages are read again with backoff; messages left ``stored`` by a crash are thought about."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.delivery.outbox import queue
from handlers.intake.reading import Reader
from handlers.intake.receive import Intake
from handlers.intake.rethink import rethink
from handlers.intake.store import Stored, message_of
from handlers.messages import Receipt
from handlers.records import Case, Message

_log = structlog.get_logger(__name__)

ORPHAN_AFTER = timedelta(seconds=20)  # longer than any webhook waits: nobody else is thinking about it any more
LONGEST_BACKOFF = timedelta(hours=1)
_ENOUGH = 10  # from here on the longest backoff holds; a higher power is more than a timedelta can hold
_BATCH = 200


def finish_stored(core: Core, intake: Intake, now: datetime) -> int:
    """Think about messages that were stored and then left alone (a crash in between); returns how many."""
    with core.database.read() as session:
        rows = session.scalars(
            select(Message)
            .where(Message.state == "stored", Message.received_at < now - ORPHAN_AFTER)
            .order_by(Message.id)
            .limit(_BATCH)
        ).all()
        items = [Stored(message_of(row, core.vault), row.id, row) for row in rows]
    if not items:
        return 0
    results = intake.think(items, now)
    for item in items:
        told = results[item.message_id]
        if isinstance(told, Receipt) and told.text and not told.repeated:
            _tell_later(core, item, told.text, now)
    return len(results)


def _tell_later(core: Core, item: Stored, text: str, now: datetime) -> None:
    """Nobody waits for this receipt in a response any more: it goes through the outbox, where the channel can push."""
    message = item.message
    if message.channel not in core.policy.push_channels:
        return
    with core.database.write() as session:
        row = session.get_one(Message, item.message_id)
        queue(
            session, purpose="receipt", case_id=row.case_id, channel=message.channel, account=message.account,
            recipient=message.sender_id, text=text, now=now, citizen_id=row.citizen_id, dedup_key=f"receipt:{row.id}",
        )  # fmt: skip


def retry_parked(core: Core, reader: Reader, now: datetime) -> int:
    """Read parked messages again whose time has come; returns how many are well now."""
    with core.database.read() as session:
        due = session.scalars(
            select(Message.id)
            .where(Message.state == "parked", Message.retry_at <= now)
            .order_by(Message.id)
            .limit(_BATCH)
        ).all()
    return sum(_retry_one(core, reader, message_id, now) for message_id in due)


def retry_now(session: Session, message_id: int, now: datetime) -> None:
    """Bring a parked message's next try forward (the office's button)."""
    session.execute(update(Message).where(Message.id == message_id, Message.state == "parked").values(retry_at=now))


def _retry_one(core: Core, reader: Reader, message_id: int, now: datetime) -> bool:
    """Claim by moving ``retry_at`` on (compare-and-set), read outside the transaction, then write what was read."""
    with core.database.write() as session:
        row = session.get(Message, message_id, with_for_update=True)
        if row is None or row.state != "parked" or row.retry_at is None or row.retry_at > now:
            return False
        row.attempts += 1
        row.retry_at = now + min(core.policy.parked_first_retry * 4 ** min(row.attempts, _ENOUGH), LONGEST_BACKOFF)
        text = row.text
    reading = reader.read([text])[0]
    with core.database.write() as session:
        row = session.get(Message, message_id, with_for_update=True)
        if row is None or row.state != "parked":
            return False
        if reading.fault:
            row.error = reading.fault[:500]
            return False
        if row.command and not (row.command == "supplement" and row.case_id):
            row.state, row.retry_at = "stored", None  # a citizens' word that failed: `finish_stored` does what it says
            return True
        row.state, row.error, row.retry_at = "processed", "", None
        case = session.get(Case, row.case_id, with_for_update=True) if row.case_id else None
        if case is not None and case.state in OPEN_STATES:
            rethink(session, core, row, case, reading.labels, now)
        return True
