"""Receive: the one way in for every channel. Stored first, then read, then decided and told, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.errors import IntakeUnavailable
from handlers.faults import describe, trail
from handlers.intake.arrival import Arrival
from handlers.intake.converse import converse
from handlers.intake.pipeline import decide
from handlers.intake.reading import Reader, Reading
from handlers.intake.store import KeepFile, Stored, message_of, store_once
from handlers.intake.write import write
from handlers.messages import InboundMessage, Receipt
from handlers.records import Case, Message

_log = structlog.get_logger(__name__)

Result = Receipt | IntakeUnavailable


class Intake:
    """Stores and thinks about messages in batches. Thread-safe; holds no message between calls."""

    def __init__(self, core: Core, keep_file: KeepFile | None = None) -> None:
        self._core = core
        self._keep_file = keep_file
        self._reader = Reader(core.understanding, core.policy.understanding_seconds)

    def close(self) -> None:
        """Stop the reading thread."""
        self._reader.close()

    def receive(self, message: InboundMessage, now: datetime) -> Receipt:
        """Receive one message; raises :class:`IntakeUnavailable` when it could not be stored."""
        result = self.receive_many([message], now)[0]
        if isinstance(result, IntakeUnavailable):
            raise result
        return result

    def receive_many(self, messages: Sequence[InboundMessage], now: datetime) -> list[Result]:
        """Receive a batch; one result per message, in order. A bad message harms no neighbour."""
        results: dict[int, Result] = {}
        stored: list[tuple[int, Stored]] = []
        for i, kept in self._store(messages):
            if isinstance(kept, IntakeUnavailable):
                results[i] = kept
            elif kept.known is not None and kept.known.state != "stored":
                results[i] = self._repeat(kept.message_id)
            else:
                stored.append((i, kept))
        by_id = self.think([item for _, item in stored], now)
        for i, item in stored:
            results[i] = by_id[item.message_id]
        return [results[i] for i in range(len(messages))]

    def think(self, stored: Sequence[Stored], now: datetime) -> dict[int, Result]:
        """Run the pipeline over messages that are stored; safe to call again for any of them."""
        results: dict[int, Result] = {}
        unique = list({item.message_id: item for item in stored}.values())
        readings = self._reader.read([item.message.text for item in unique])
        for batch in _one_per_sender(zip(unique, readings, strict=True)):
            results |= self._decide_and_write(batch, now)
        return results

    def _store(self, messages: Sequence[InboundMessage]) -> Iterable[tuple[int, Stored | IntakeUnavailable]]:
        try:
            with self._core.database.write() as session:
                return list(enumerate(store_once(session, messages, self._core.vault, self._keep_file)))
        except Exception as fault:  # whatever it was, it must not take the neighbours along
            if len(messages) > 1:
                return [(i, self._store_alone(message)) for i, message in enumerate(messages)]
            _log.error("a message could not be stored", fault=describe(fault))
            return [(0, IntakeUnavailable("留言暂时没有存下来，请稍后再发一次。"))]

    def _store_alone(self, message: InboundMessage) -> Stored | IntakeUnavailable:
        return next(iter(self._store([message])))[1]

    def _decide_and_write(
        self, batch: Sequence[tuple[Stored, Reading]], now: datetime, *, again: bool = True
    ) -> dict[int, Result]:
        try:
            return self._transaction(batch, now)
        except Exception as fault:
            if len(batch) == 1 and again and _passing(fault):
                return self._decide_and_write(batch, now, again=False)
            if len(batch) > 1:
                _log.warning("a batch failed and is redone one by one", fault=describe(fault), messages=len(batch))
                return {k: v for item in batch for k, v in self._decide_and_write([item], now).items()}
            stored, reading = batch[0]
            if reading.unwritten:
                _log.error("a message stays stored for a later try", message=stored.message_id, trail=trail(fault))
                return {stored.message_id: IntakeUnavailable("留言已存下，编号稍后告知。")}
            _log.error("a message could not be written; it is parked", message=stored.message_id, trail=trail(fault))
            return self._decide_and_write([(stored, Reading(reading.labels, describe(fault), unwritten=True))], now)

    def _transaction(self, batch: Sequence[tuple[Stored, Reading]], now: datetime) -> dict[int, Result]:
        with self._core.database.write() as session:
            free = _claim(session, [item.message_id for item, _ in batch])
            arrivals = [self._arrival(item, reading, now) for item, reading in batch if item.message_id in free]
            if arrivals:
                decide(session, self._core, arrivals)
                converse(session, self._core, arrivals)
                write(session, self._core, arrivals)
            done: dict[int, Result] = {a.message_id: _told(a) for a in arrivals}
        for item, _ in batch:
            if item.message_id not in done:
                done[item.message_id] = self._repeat(item.message_id)
        return done

    def _repeat(self, message_id: int) -> Receipt:
        """The receipt that this message was given before, its query code included."""
        wanted = (
            select(Message.receipt_text, Message.receipt_number, Case.query_code)
            .outerjoin(Case, Case.first_message_id == Message.id)
            .where(Message.id == message_id)
        )
        with self._core.database.read() as session:
            text, number, sealed = session.execute(wanted).one()
        return Receipt(text, number, self._core.vault.open(sealed) if sealed else "", repeated=True)

    def _arrival(self, item: Stored, reading: Reading, now: datetime) -> Arrival:
        message = item.message if item.known is None else message_of(item.known, self._core.vault)
        return Arrival(
            item.message_id,
            message,
            now,
            particulars=message.particulars,
            labels=reading.labels,
            fault=reading.fault,
            alone=reading.unwritten,
        )


def _passing(fault: Exception) -> bool:
    """Two transactions got into each other's way (a deadlock, a lock too long held): the next try has a free way."""
    return isinstance(fault, OperationalError) and not fault.connection_invalidated


def _claim(session: Session, ids: list[int]) -> set[int]:
    """Lock the message rows and return those still to be thought about: whoever comes second finds them done."""
    locked = select(Message.id, Message.state).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()
    return {message_id for message_id, state in session.execute(locked) if state == "stored"}


def _one_per_sender(
    items: Iterable[tuple[Stored, Reading]],
) -> Iterable[list[tuple[Stored, Reading]]]:
    """Split a batch so that a sender's second message meets the case that the first one opened."""
    rounds: list[dict[tuple[str, str, str], tuple[Stored, Reading]]] = []
    for item in items:
        message = item[0].message
        sender = (message.channel, message.account, message.sender_id)
        free = next((r for r in rounds if sender not in r), None)
        if free is None:
            free = {}
            rounds.append(free)
        free[sender] = item
    return [list(r.values()) for r in rounds]


def _told(arrival: Arrival) -> Receipt:
    joined = arrival.case or arrival.about
    number = arrival.number or (joined.number if joined else "")
    return Receipt(arrival.receipt, number, arrival.query_code)
