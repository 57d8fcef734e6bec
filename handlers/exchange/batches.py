"""Imports step by step: uploaded, mapped and previewed, then taken in by resumable portions, each row exactly once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person, may_see
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.exchange.fields import FIELDS, HEADINGS, IMPORTED, NEEDED, guess
from handlers.exchange.row_in import CHANNEL, read_row
from handlers.exchange.table_in import read_table
from handlers.records import Case, ImportBatch, ImportMapping, ImportRow, Message
from handlers.retention.erase_case import erased_id
from handlers.taxonomy import SOURCES

IMPORTERS: Final = (Role.OFFICE, Role.HEAD)
_LOOKED_UP: Final = 500


def upload(core: Core, person: Person, source: str, filename: str, data: bytes, now: datetime) -> int:
    """Keep a list with its columns guessed and its rows judged; return the batch's id. Raises InvalidInput."""
    if source not in IMPORTED:
        raise InvalidInput("请选择这份清单来自哪里。", "source")
    with core.database.read() as session:
        remembered = session.get(ImportMapping, source)
    known = HEADINGS | frozenset(remembered.fields if remembered else ())
    table = read_table(data, filename, known)
    batch = ImportBatch(
        source=source, filename=filename[:300], sha256=hashlib.sha256(data).hexdigest(), headers=list(table.headers),
        mapping=guess(table.headers, remembered.fields if remembered else {}), officer_id=person.officer_id, at=now,
    )  # fmt: skip
    with core.database.write() as session:
        session.add(batch)
        session.flush()
        rows = [{"batch_id": batch.id, "place": place, "cells": _sealed(core, cells), "state": "waiting", "why": "",
                 "number": ""} for place, cells in table.rows]  # fmt: skip
        session.execute(insert(ImportRow), rows)
        judge(session, core, person, batch, now)
    return batch.id


def remap(core: Core, person: Person, batch_id: int, mapping: Mapping[str, str], now: datetime) -> None:
    """Read the columns so from now on, for this list and the next ones of its source; judge every row again."""
    chosen = {place: code for place, code in mapping.items() if code}
    twice = [FIELDS[code].name for code, number in Counter(chosen.values()).items() if number > 1 and code in FIELDS]
    if any(code not in FIELDS for code in chosen.values()) or twice:
        raise InvalidInput(f"{'、'.join(twice) or '一列'}选了两次，每项只能对应一列。", "mapping")
    missing = [FIELDS[code].name for code in NEEDED if code not in chosen.values()]
    if missing:
        raise InvalidInput(f"还没有说哪一列是{'、'.join(missing)}。", "mapping")
    with core.database.write() as session:
        batch = batch_of(session, person, batch_id, lock=True)
        if batch.state != "uploaded":
            raise Conflict("这份清单已经开始导入，不能再改。")
        batch.mapping = {place: code for place, code in chosen.items() if int(place) < len(batch.headers)}
        kept = session.get(ImportMapping, batch.source) or ImportMapping(source=batch.source, fields={}, changed_at=now)
        named = {heading: chosen.get(str(place), "") for place, heading in enumerate(batch.headers)}
        kept.fields, kept.changed_at = {**kept.fields, **named}, now
        session.add(kept)
        judge(session, core, person, batch, now)


def judge(session: Session, core: Core, person: Person, batch: ImportBatch, now: datetime) -> None:
    """Set every row's state: waiting, refused with its reasons, or known (in the house already)."""
    rows = session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.place)).all()
    readings = {row.id: read_row(cells_of(core, row), batch.mapping, now) for row in rows}
    known = _known(session, batch.source, [reading.number for reading in readings.values() if reading.number])
    first: dict[str, int] = {}
    for row in rows:
        reading, faults = readings[row.id], list(readings[row.id].faults)
        if reading.number in first:
            faults.append(f"与第 {first[reading.number]} 行编号相同")
        elif reading.number:
            first[reading.number] = row.place
        there = known.get(reading.number)
        row.state, row.why, row.number = ("refused" if faults else "waiting"), "；".join(faults)[:500], ""
        if not faults and reading.number in known:
            row.state, row.why = "known", "系统里已有这个编号"
            row.number = there.number if there is not None and may_see(person, there) else ""


def start(core: Core, person: Person, batch_id: int, now: datetime) -> None:
    """Let the timetable take the waiting rows in. Raises Conflict (started already), InvalidInput (nothing to take)."""
    with core.database.write() as session:
        batch = batch_of(session, person, batch_id, lock=True)
        if batch.state != "uploaded":
            raise Conflict("这份清单已经开始导入。")
        if not any(code in batch.mapping.values() for code in NEEDED) or not tally(session, batch.id)["waiting"]:
            raise InvalidInput("没有可以导入的行。")
        batch.state, batch.started_at = "running", now


def drop(core: Core, person: Person, batch_id: int) -> None:
    """Give up a list that has not been started; its rows are deleted."""
    with core.database.write() as session:
        batch = batch_of(session, person, batch_id, lock=True)
        if batch.state != "uploaded":
            raise Conflict("这份清单已经开始导入，不能放弃。")
        batch.state = "dropped"
        session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))


def batches_of(session: Session, person: Person, limit: int = 50) -> list[ImportBatch]:
    """The latest lists: all for the office, else one's own."""
    wanted = select(ImportBatch).where(ImportBatch.state != "dropped")
    if person.role is not Role.OFFICE:
        wanted = wanted.where(ImportBatch.officer_id == person.officer_id)
    return list(session.scalars(wanted.order_by(ImportBatch.id.desc()).limit(limit)))


def batch_of(session: Session, person: Person, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """The list; raises NotFound alike when it is absent and when it is somebody else's."""
    wanted = select(ImportBatch).where(ImportBatch.id == batch_id)
    batch = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    own = batch is not None and (person.role is Role.OFFICE or batch.officer_id == person.officer_id)
    if batch is None or not own or person.role not in IMPORTERS or batch.state == "dropped":
        raise NotFound("没有这份清单，或者它是别人上传的。")
    return batch


def tally(session: Session, batch_id: int) -> Counter[str]:
    """Rows by state."""
    counted = select(ImportRow.state, func.count()).where(ImportRow.batch_id == batch_id).group_by(ImportRow.state)
    return Counter(dict(session.execute(counted).tuples().all()))


def rows_of(session: Session, batch_id: int, states: Iterable[str], limit: int | None = None) -> Sequence[ImportRow]:
    """The rows in these states, in the file's order."""
    wanted = select(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.state.in_(list(states)))
    return session.scalars(wanted.order_by(ImportRow.place).limit(limit)).all()


def cells_of(core: Core, row: ImportRow) -> list[str]:
    """The row as it stood in the file; empty once erased."""
    return [str(cell) for cell in json.loads(core.vault.open(row.cells) or "[]")]


def source_name(batch: ImportBatch) -> str:
    """The source in Chinese."""
    return SOURCES.get(batch.source, batch.source)


def _sealed(core: Core, cells: Sequence[str]) -> str:
    return core.vault.seal(json.dumps(cells, ensure_ascii=False))


def _known(session: Session, source: str, numbers: list[str]) -> dict[str, Case | None]:
    """The outer numbers that came in before, by whatever way, with their case (None = erased since)."""
    found: dict[str, Case | None] = {}
    erased = {erased_id(number): number for number in numbers}
    for start_at in range(0, len(numbers), _LOOKED_UP):
        part = numbers[start_at : start_at + _LOOKED_UP]
        gone = [digest for digest, number in erased.items() if number in set(part)]
        stored = select(Message.external_id).where(
            Message.channel == CHANNEL, Message.account == source, Message.external_id.in_([*part, *gone])
        )
        for external_id in session.scalars(stored):
            found[erased.get(external_id, external_id)] = None
        cases = select(Case).where(Case.outer_number.in_(part), Case.outer_number != "", Case.source == source)
        found |= {case.outer_number: case for case in session.scalars(cases)}
    return found
