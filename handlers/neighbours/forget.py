"""Forget: a letter's sketch, keys and pairs go when its text goes, when its case is hidden, and after the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.neighbours.part import takes_part
from handlers.records import Case, Message, MessageSketch, SimilarPair, SketchKey
from handlers.understanding.likeness.measures import SCHEME, WINDOW
from handlers.understanding.likeness.sketch import Sketch

_AT_ONCE: Final = 200


def forget_letters(session: Session, message_ids: Sequence[int]) -> int:
    """Erase what the letters are found and compared by; return how many there were. The caller commits."""
    known = session.scalars(select(MessageSketch).where(MessageSketch.message_id.in_(message_ids))).all()
    for sketch in known:
        # Every feature, not only today's number of keys: an older release may have kept more.
        features = [int(feature) for feature in Sketch.unpack(sketch.features).features]
        mine = and_(SketchKey.key.in_(features), SketchKey.message_id == sketch.message_id)
        session.execute(delete(SketchKey).where(mine))
        _forget_pairs(session, sketch.message_id)
        session.delete(sketch)
    session.flush()
    return len(known)


def forget_case(session: Session, case_id: int) -> int:
    """Erase it for every letter of a case."""
    return forget_letters(session, session.scalars(select(Message.id).where(Message.case_id == case_id)).all())


def forget_old(core: Core, now: datetime) -> int:
    """Erase what has left the window, is of an older scheme, or belongs to a case that takes no part any more."""
    total, last = 0, 0
    while True:
        with core.database.write() as session:
            ids = session.scalars(_forgotten(now, last)).all()
            total += forget_letters(session, ids)
        if len(ids) < _AT_ONCE:
            return total
        last = ids[-1]


def _forgotten(now: datetime, last: int) -> Select[tuple[int]]:
    hidden = and_(Case.id.is_not(None), ~takes_part())
    return (
        select(MessageSketch.message_id)
        .join(Message, Message.id == MessageSketch.message_id)
        .outerjoin(Case, Case.id == Message.case_id)
        .where(
            MessageSketch.message_id > last,
            or_(MessageSketch.at < now - WINDOW, MessageSketch.scheme != SCHEME, hidden),
        )
        .order_by(MessageSketch.message_id)
        .limit(_AT_ONCE)
    )


def _forget_pairs(session: Session, message_id: int) -> None:
    others = session.scalars(select(SimilarPair.other_id).where(SimilarPair.message_id == message_id)).all()
    back = and_(SimilarPair.message_id.in_(others), SimilarPair.other_id == message_id)
    session.execute(delete(SimilarPair).where(or_(SimilarPair.message_id == message_id, back)))
