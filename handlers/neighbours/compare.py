"""Compare: look for the neighbours of each sketched letter and note the pairs, for queues and case pages to read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update

from handlers.core import Core
from handlers.neighbours.find import most_alike
from handlers.neighbours.keep import keep_new
from handlers.records import MessageSketch, SimilarPair
from handlers.records.upsert import new_rows
from handlers.understanding.likeness.measures import NOTED
from handlers.understanding.likeness.sketch import Sketch

_AT_ONCE: Final = 50
_MOST: Final = 2000  # letters a run; what is left waits for the next tick


def find_similar(core: Core, now: datetime) -> dict[str, int]:
    """Sketch and compare what came in since the last run; return how many letters and how many pairs.

    A letter is compared only after its keys are committed: of two that come in at once, in two processes, at least one
    meets the other. Doing it twice does no harm.
    """
    letters = pairs = 0
    while letters < _MOST and (done := keep_new(core, now)):
        letters += done
    compared = 0
    while compared < _MOST:
        done, found = compare_new(core)
        if not done:
            break
        compared, pairs = compared + done, pairs + found
    return {"letters": letters, "pairs": pairs}


def compare_new(core: Core) -> tuple[int, int]:
    """Compare the next letters; return how many there were and how many new pairs."""
    with core.database.read() as session:
        due = session.execute(
            select(MessageSketch.message_id, MessageSketch.features, MessageSketch.at)
            .where(MessageSketch.compared.is_(False))
            .order_by(MessageSketch.message_id)
            .limit(_AT_ONCE)
        ).all()
        rows = [
            row
            for letter in due
            for found in most_alike(session, Sketch.unpack(letter.features), letter.at)[: NOTED + 1]
            if found.message_id != letter.message_id
            for row in _both_ways(letter.message_id, found.message_id, found.likeness, max(letter.at, found.at))
        ]
    if not due:
        return 0, 0
    ids = [letter.message_id for letter in due]
    with core.database.write() as session:
        # What was erased in between has no sketch any more, and gets no pair.
        there = set(session.scalars(select(MessageSketch.message_id).where(MessageSketch.message_id.in_(_named(rows)))))
        kept = [row for row in rows if row["message_id"] in there and row["other_id"] in there]
        new = new_rows(session, SimilarPair, ("message_id", "other_id"), _ordered(kept))
        session.execute(update(MessageSketch).where(MessageSketch.message_id.in_(ids)).values(compared=True))
    return len(due), len(new) // 2


def _both_ways(one: int, other: int, likeness: float, at: datetime) -> list[dict[str, Any]]:
    return [
        {"message_id": first, "other_id": second, "likeness": likeness, "at": at}
        for first, second in ((one, other), (other, one))
    ]


def _named(rows: list[dict[str, Any]]) -> set[int]:
    return {row["message_id"] for row in rows}


def _ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per pair, in one order for every process, so that two cannot lock each other out."""
    unique = {(row["message_id"], row["other_id"]): row for row in rows}
    return [unique[pair] for pair in sorted(unique)]
