"""Find: the letters most like one, by its keys and then by cosine; a few milliseconds among a hundred thousand."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import CompoundSelect, bindparam, select, union_all
from sqlalchemy.orm import Session

from handlers.records import MessageSketch, SketchKey
from handlers.understanding.likeness.measures import BEHIND_A_KEY, CANDIDATES, KEYS, SCHEME, SIMILAR, WINDOW
from handlers.understanding.likeness.sketch import Sketch, likenesses

# Plain tables: mapped rows would cost as much again.
_SKETCHES, _KEYS = MessageSketch.__table__.c, SketchKey.__table__.c
_NO_KEY: Final = -1  # keys are never negative: fills the places of a text with fewer keys


class Found(NamedTuple):
    """A letter that is alike: its cosine (four decimals) and when it was received."""

    message_id: int
    likeness: float
    at: datetime


def most_alike(session: Session, sketch: Sketch, at: datetime, *, least: float = SIMILAR) -> list[Found]:
    """Return the letters within the window of ``at`` whose cosine with ``sketch`` is at least ``least``, best first.

    It may be among them itself. Whether they may be shown is for the reader to ask (``part.py``).
    """
    candidates = _candidates(session, sketch)
    if not candidates:
        return []
    rows = session.execute(_SKETCHES_OF, {"ids": candidates}).all()
    cosines = likenesses(sketch, [row.features for row in rows]).round(4).tolist()
    alike = {row.message_id: cosine for row, cosine in zip(rows, cosines, strict=True) if cosine >= least}
    if not alike:
        return []
    # Instants are dear to read, and a span in the first question leads a planner astray: only of the few wanted.
    received = session.execute(_RECEIVED, {"ids": list(alike), "first": at - WINDOW, "last": at + WINDOW})
    found = [Found(message_id, alike[message_id], received_at) for message_id, received_at in received]
    return sorted(found, key=lambda one: (-one.likeness, -one.message_id))


def _candidates(session: Session, sketch: Sketch) -> list[int]:
    """The letters that share the most keys; of equals the latest."""
    keys = sketch.keys
    if not keys:
        return []
    given = {f"key_{i}": keys[i] if i < len(keys) else _NO_KEY for i in range(KEYS)}
    shared = Counter(session.scalars(_BEHIND_KEYS, given).all())
    return sorted(shared, key=lambda message_id: (-shared[message_id], -message_id))[:CANDIDATES]


def _behind_keys() -> CompoundSelect[tuple[int]]:
    latest = (
        select(_KEYS.message_id)
        .where(_KEYS.key == bindparam(f"key_{i}", type_=_KEYS.key.type))
        .order_by(_KEYS.message_id.desc())
        .limit(BEHIND_A_KEY)
        .subquery()
        for i in range(KEYS)
    )
    return union_all(*(select(one.c.message_id) for one in latest))


_IS_ASKED_FOR: Final = _SKETCHES.message_id.in_(bindparam("ids", expanding=True))
#: Built once: putting the questions together costs as much as asking them.
_BEHIND_KEYS: Final = _behind_keys()
_SKETCHES_OF: Final = select(_SKETCHES.message_id, _SKETCHES.features).where(_IS_ASKED_FOR, _SKETCHES.scheme == SCHEME)
_RECEIVED: Final = select(_SKETCHES.message_id, _SKETCHES.at).where(
    _IS_ASKED_FOR, _SKETCHES.at.between(bindparam("first"), bindparam("last"))
)
