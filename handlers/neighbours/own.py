"""Own: how like a person's letter is to those in their own open cases, so that the same matter joins its case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.neighbours.part import may_take_part
from handlers.records import Case, Message
from handlers.understanding.likeness.measures import ENOUGH_FEATURES, SAME_LETTER, WINDOW
from handlers.understanding.likeness.sketch import Sketch, likenesses, sketch_of

#: Letters of one person that are compared: somebody who writes more often is known to the office.
_MOST: Final = 20


def own_letters(session: Session, cases: Iterable[Case], now: datetime) -> dict[int, list[str]]:
    """Return the texts of the window in these cases by case id; none of a case that takes no part (``part.py``)."""
    ids = [case.id for case in cases if may_take_part(case)]
    if not ids:
        return {}
    wanted = (
        select(Message.case_id, Message.text)
        .where(Message.case_id.in_(ids), Message.command == "", Message.text != "", Message.received_at > now - WINDOW)
        .order_by(Message.id.desc())
    )
    found: dict[int, list[str]] = defaultdict(list)
    for case_id, text in session.execute(wanted):
        if case_id is not None and len(found[case_id]) < _MOST:
            found[case_id].append(text)
    return found


def alike_cases(text: str, letters: dict[int, list[str]]) -> dict[int, float]:
    """Return for each case how like ``text`` its most similar letter is (cosine, 0 to 1).

    A letter too short to judge by counts only when it is the same one again.
    """
    sketch = sketch_of(text) if letters else None
    if not sketch:
        return {}
    return {case_id: _closest(sketch, texts) for case_id, texts in letters.items()}


def _closest(sketch: Sketch, texts: Sequence[str]) -> float:
    others = [sketch_of(text) for text in texts]
    cosines = likenesses(sketch, [other.pack() for other in others])
    return max(
        (float(c) for c, other in zip(cosines, others, strict=True) if _counts(float(c), sketch, other)), default=0.0
    )


def _counts(cosine: float, one: Sketch, other: Sketch) -> bool:
    return cosine >= SAME_LETTER or min(one.features.size, other.features.size) >= ENOUGH_FEATURES
