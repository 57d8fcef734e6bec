"""Export: a list goes out as a streamed Excel file, and who took it stands in the record before its first row does."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import WHOLE_BUREAU, Person
from handlers.casework.queues import Filters, queue_ids
from handlers.core import Core
from handlers.exchange.cases_out import COLUMNS, case_rows
from handlers.exchange.workbook import Cell, stream
from handlers.records import ExportRecord, Officer
from handlers.search.find import walk
from handlers.search.words import Words


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be exported: ``what`` says it in words, ``query`` as the page's address does (for the record)."""

    what: str
    filters: Filters
    words: Words = field(default_factory=Words)
    queue: str = ""  # a queue in its own order; "" = a search, newest first
    query: dict[str, Any] = field(default_factory=dict)


def export_cases(
    core: Core, person: Person, order: Order, now: datetime, clock: Callable[[], datetime]
) -> Iterator[bytes]:
    """The workbook's bytes; recorded when called, its rows counted when the last has gone out."""
    record = begin(core, person, "cases", order.what, order.query, now)
    headings, widths = [name for name, _, _ in COLUMNS], [width for _, width, _ in COLUMNS]
    rows = counted(core, record, case_rows(core, person, _ids(core, person, order, now)), clock)
    return stream("诉求件", headings, rows, widths)


def begin(core: Core, person: Person, kind: str, what: str, query: dict[str, Any], now: datetime) -> int:
    """Write the record of an export that starts; return its id."""
    with core.database.write() as session:
        row = ExportRecord(at=now, officer_id=person.officer_id, kind=kind, what=what[:300], query=query)
        session.add(row)
        session.flush()
        return row.id


def counted(
    core: Core, record: int, rows: Iterable[Sequence[Cell]], clock: Callable[[], datetime]
) -> Iterator[Sequence[Cell]]:
    """Pass the rows on; at the end (or when the reader goes away) write down how many there were."""
    number, ended = 0, False
    try:
        for row in rows:
            number += 1
            yield row
        ended = True
    finally:
        with core.database.write() as session:
            kept = session.get_one(ExportRecord, record)
            kept.rows, kept.finished_at = number, clock() if ended else None


def recorded(session: Session, person: Person, limit: int = 100) -> list[tuple[ExportRecord, str]]:
    """The latest exports with the officer's name: all for whoever sees the whole bureau, else one's own."""
    wanted = select(ExportRecord, Officer.name).join(Officer, Officer.id == ExportRecord.officer_id)
    if person.role not in WHOLE_BUREAU:
        wanted = wanted.where(ExportRecord.officer_id == person.officer_id)
    return [(row, name) for row, name in session.execute(wanted.order_by(ExportRecord.id.desc()).limit(limit))]


def _ids(core: Core, person: Person, order: Order, now: datetime) -> array[int]:
    """The list as it stands now: eight bytes for each case."""
    with core.database.read() as session:
        if order.queue:
            return array("q", queue_ids(session, person, order.queue, order.filters, now))
        return array("q", walk(session, core, person, order.words, order.filters, now))
