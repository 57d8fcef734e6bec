"""The rules' votes as a row of numbers: how strongly the tables of words speak for every label, and where they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    text = opinion.reading.text
    row = [
        *_totals(opinion.kind.totals, KINDS),
        *_totals(opinion.topic.totals, TOPICS),
        *_totals(opinion.feeling.totals, SENTIMENTS),
        opinion.urgent.total,
        float(opinion.ironic),
        float(opinion.kind.maybe_report),
        len(text) / 50,
        float(text.count("?")),
        float(text.count("!")),
        *_by_part(opinion, opinion.kind.found, KINDS),
        *_by_part(opinion, opinion.topic.found, TOPICS),
    ]
    return np.log1p(np.maximum(np.array(row, dtype=np.float32), 0))


def _totals(totals: Mapping[str, float], codes: Mapping[str, str]) -> list[float]:
    return [totals.get(code, 0.0) for code in codes]


def _by_part(opinion: Opinion, found: Found, codes: Mapping[str, str]) -> Iterator[float]:
    """Yield what was found in each part of :data:`PARTS` for each of ``codes``."""
    text, asks = opinion.reading.text, opinion.sentences.asks
    opening = len(text) - len(text.lstrip()) + _OPENING
    closing = len(text.rstrip()) - _CLOSING
    parts: tuple[dict[str, float], ...] = tuple(dict.fromkeys(codes, 0.0) for _ in PARTS)
    for code, words in found.items():
        for hit, weight in words:
            for part, inside in zip(parts, (hit.start < opening, hit.start >= closing, asks(hit.start)), strict=True):
                if inside:
                    part[code] += weight
    for part in parts:
        yield from part.values()
