"""Keep: every letter that came in gets its sketch and keys, soon after it was answered with its receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.neighbours.part import takes_part
from handlers.records import Case, Message, MessageSketch, SketchKey
from handlers.records.upsert import new_rows
from handlers.retention.erase_case import ERASED_TEXT
from handlers.understanding.likeness.measures import SCHEME, WINDOW
from handlers.understanding.likeness.sketch import Sketch, sketch_of

#: Messages become ready out of order (parked ones are read later): so far back is looked again each time.
_OUT_OF_ORDER: Final = 2000
_AT_ONCE: Final = 100


class _Letter(NamedTuple):
    message_id: int
    text: str
    at: datetime


def keep_new(core: Core, now: datetime) -> int:
    """Sketch the next letters without one, oldest first; return how many (at most a hundred, 0 = all are done)."""
    with core.database.read() as session:
        letters = _without(session, now)
    sketched = {letter: sketch_of(letter.text) for letter in letters}
    if not sketched:
        return 0
    with core.database.write() as session:
        _write(session, sketched, now)
    return len(sketched)


def _without(session: Session, now: datetime, among: list[int] | None = None) -> list[_Letter]:
    latest = session.scalar(select(func.max(MessageSketch.message_id))) or 0
    wanted = (
        select(Message.id, Message.text, Message.received_at)
        .join(Case, Case.id == Message.case_id)
        .where(
            Message.id > latest - _OUT_OF_ORDER if among is None else Message.id.in_(among),
            Message.state == "processed",
            Message.command == "",
            Message.received_at > now - WINDOW,
            Message.text.not_in(("", ERASED_TEXT)),
            takes_part(),
            ~exists().where(MessageSketch.message_id == Message.id),
        )
        .order_by(Message.id)
        .limit(_AT_ONCE)
    )
    return [_Letter(*row) for row in session.execute(wanted)]


def _write(session: Session, sketched: dict[_Letter, Sketch], now: datetime) -> None:
    """Write what still may be: a case restricted or erased since then is left out, one sketched elsewhere too."""
    still = {letter.message_id for letter in _without(session, now, [letter.message_id for letter in sketched])}
    rows = [_row(letter, sketch) for letter, sketch in sketched.items() if letter.message_id in still]
    mine = new_rows(session, MessageSketch, ("message_id",), rows)
    keys = [
        {"key": key, "message_id": letter.message_id}
        for letter, sketch in sketched.items()
        if (letter.message_id,) in mine
        for key in sketch.keys
    ]
    if keys:
        session.execute(insert(SketchKey.__table__), sorted(keys, key=lambda row: row["key"]))  # type: ignore[arg-type]


def _row(letter: _Letter, sketch: Sketch) -> dict[str, Any]:
    packed = sketch.pack()
    return {
        "message_id": letter.message_id, "scheme": SCHEME, "at": letter.at, "features": packed, "compared": not packed,
    }  # fmt: skip
