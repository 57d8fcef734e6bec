"""The rules' votes as a row of numbers: how strongly the tables of words speak for every label, and where they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from handlers.taxonomy import KINDS, SENTIMENTS, TOPICS
from handlers.understanding.learned.features import Floats
from handlers.understanding.rules import Opinion
from handlers.understanding.weighing import Found

EXTRAS: Final = ("urgent", "ironic", "maybe_report", "length", "questions", "exclamations")
#: The parts of a text in which people say what they want: its first and last words, and the sentences that ask.
PARTS: Final = ("opening", "closing", "asking")
_OPENING: Final = 50
_CLOSING: Final = 70

#: What each place of the row tells; a stored model names its votes, so that a changed table is noticed.
VOTES: Final = (
    *(f"kind:{code}" for code in KINDS),
    *(f"topic:{code}" for code in TOPICS),
    *(f"sentiment:{code}" for code in SENTIMENTS),
    *EXTRAS,
    *(f"{part} kind:{code}" for part in PARTS for code in KINDS),
    *(f"{part} topic:{code}" for part in PARTS for code in TOPICS),
)


def votes_of(opinion: Opinion) -> Floats:
    """Return the votes of ``opinion`` in the order of :data:`VOTES`, dampened: the tenth word adds little."""
    text, row = opinion.reading.text, [0.0] * len(VOTES)
    for totals, places in (
        (opinion.kind.totals, _KINDS),
        (opinion.topic.totals, _TOPICS),
        (opinion.feeling.totals, _SENTIMENTS),
    ):
        for code, total in totals.items():
            row[places[code]] = total
    row[_EXTRAS] = (
        opinion.urgent.total,
        opinion.ironic,
        opinion.kind.maybe_report,
        len(text) / 50,
        text.count("?"),
        text.count("!"),
    )
    _add_by_part(row, opinion, opinion.kind.found, _KINDS_BY_PART)
    _add_by_part(row, opinion, opinion.topic.found, _TOPICS_BY_PART)
    return np.log1p(np.maximum(np.array(row, dtype=np.float32), 0))


def _add_by_part(row: list[float], opinion: Opinion, found: Found, places: Sequence[Mapping[str, int]]) -> None:
    """Add what was found in each part of :data:`PARTS`; ``places`` are where each part's labels stand in the row."""
    text, asks = opinion.reading.text, opinion.sentences.asks
    head = len(text) - len(text.lstrip()) + _OPENING
    tail = len(text.rstrip()) - _CLOSING
    opening, closing, asking = places
    for code, words in found.items():
        for hit, weight in words:
            if hit.start < head:
                row[opening[code]] += weight
            if hit.start >= tail:
                row[closing[code]] += weight
            if asks(hit.start):
                row[asking[code]] += weight


def _places(prefix: str, codes: Iterable[str]) -> Mapping[str, int]:
    return {code: VOTES.index(f"{prefix}:{code}") for code in codes}


_KINDS: Final = _places("kind", KINDS)
_TOPICS: Final = _places("topic", TOPICS)
_SENTIMENTS: Final = _places("sentiment", SENTIMENTS)
_EXTRAS: Final = slice(VOTES.index(EXTRAS[0]), VOTES.index(EXTRAS[-1]) + 1)
_KINDS_BY_PART: Final = [_places(f"{part} kind", KINDS) for part in PARTS]
_TOPICS_BY_PART: Final = [_places(f"{part} topic", TOPICS) for part in PARTS]
