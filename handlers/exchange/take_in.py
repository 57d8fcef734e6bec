"""Taking a list in: its waiting rows go through the ordinary intake, a portion at a time, from wherever it stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import CursorResult, Select, or_, select, update

from handlers.core import Core
from handlers.errors import IntakeUnavailable
from handlers.exchange.batches import cells_of, rows_of
from handlers.exchange.row_in import CHANNEL, message_of_row, read_row
from handlers.intake.receive import Intake, Result
from handlers.messages import InboundMessage
from handlers.records import ImportBatch, ImportRow, Message

_log = structlog.get_logger(__name__)
_PORTION: Final = 50
_LEASE: Final = timedelta(minutes=5)


def take_in(core: Core, intake: Intake, clock: Callable[[], datetime], portions: int = 40) -> int:
    """Take in up to ``portions`` portions of the lists that are running; return the rows.

    A row is stored under its source and outer number before it is marked: a crash in between has it asked again, and
    the intake knows it. Any number of processes may run this.
    """
    done = 0
    while portions > 0 and (batch_id := _claim_next(core, clock())) is not None:
        left = True
        while left and portions > 0:
            taken, left = _portion(core, intake, batch_id, clock())
            done, portions = done + taken, portions - 1
        _release(core, batch_id, clock())
        if left:
            break
    return done


def _portion(core: Core, intake: Intake, batch_id: int, now: datetime) -> tuple[int, bool]:
    """Take in one portion; return the rows settled, and whether more are to be tried now."""
    with core.database.read() as session:
        batch = session.get_one(ImportBatch, batch_id)
        rows = list(rows_of(session, batch_id, ("waiting",), _PORTION))
    if not rows:
        return 0, False
    messages = dict[int, InboundMessage]()
    refused = dict[int, str]()
    for row in rows:
        reading = read_row(cells_of(core, row), batch.mapping, now)
        if reading.faults:
            refused[row.id] = "；".join(reading.faults)
        else:
            messages[row.id] = message_of_row(reading, batch.source, batch.id, batch.officer_id, now)
    results = dict(zip(messages, intake.receive_many(list(messages.values()), now), strict=True))
    settled = _settle(core, batch, messages, results, refused)
    return settled, settled == len(rows)


def _settle(
    core: Core, batch: ImportBatch, messages: dict[int, InboundMessage], results: dict[int, Result],
    refused: dict[int, str],
) -> int:  # fmt: skip
    settled = 0
    with core.database.write() as session:
        for row in session.scalars(select(ImportRow).where(ImportRow.id.in_([*messages, *refused]))):
            if row.id in refused:
                row.state, row.why = "refused", refused[row.id][:500]
            else:
                told = results[row.id]
                if isinstance(told, IntakeUnavailable):
                    _log.warning("a row of an import could not be stored; it is tried again", batch=batch.id)
                    continue
                row.state, row.number = "taken", told.number
                if told.repeated and _other_batch(session.scalar(_details(messages[row.id])), batch.id):
                    row.state, row.why = "known", "系统里已有这个编号"
            settled += 1
    return settled


def _details(message: InboundMessage) -> Select[tuple[dict[str, Any]]]:
    return select(Message.details).where(
        Message.channel == CHANNEL, Message.account == message.account, Message.external_id == message.external_id
    )


def _other_batch(details: object, batch_id: int) -> bool:
    return not isinstance(details, dict) or details.get("batch") != str(batch_id)


def _claim_next(core: Core, now: datetime) -> int | None:
    """Claim a running list whose lease is free, by compare-and-set."""
    free = or_(ImportBatch.claimed_until.is_(None), ImportBatch.claimed_until <= now)
    with core.database.write() as session:
        wanted = select(ImportBatch.id).where(ImportBatch.state == "running", free).order_by(ImportBatch.id).limit(1)
        batch_id = session.scalar(wanted)
        if batch_id is None:
            return None
        mine = ImportBatch.id == batch_id, ImportBatch.state == "running", free
        taken = session.execute(update(ImportBatch).where(*mine).values(claimed_until=now + _LEASE))
        assert isinstance(taken, CursorResult)
        return batch_id if taken.rowcount == 1 else None


def _release(core: Core, batch_id: int, now: datetime) -> None:
    with core.database.write() as session:
        batch = session.get_one(ImportBatch, batch_id)
        batch.claimed_until = None
        if not rows_of(session, batch_id, ("waiting",), 1):
            batch.state, batch.finished_at = "done", now
