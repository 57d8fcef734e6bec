"""The rules' votes as a row of numbers: how strongly the tables of words speak for every label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from handlers.taxonomy import KINDS, SENTIMENTS, TOPICS
from handlers.understanding.learned.features import Floats
from handlers.understanding.rules import Opinion

_EXTRAS: Final = ("urgent", "ironic", "maybe_report", "length", "questions", "exclamations")

#: What each place of the row tells; a stored model names its votes, so that a changed table is noticed.
VOTES: Final = (
    *(f"kind:{code}" for code in KINDS),
    *(f"topic:{code}" for code in TOPICS),
    *(f"sentiment:{code}" for code in SENTIMENTS),
    *_EXTRAS,
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
    ]
    return np.log1p(np.maximum(np.array(row, dtype=np.float32), 0))


def _totals(totals: Mapping[str, float], codes: Mapping[str, str]) -> list[float]:
    return [totals.get(code, 0.0) for code in codes]
