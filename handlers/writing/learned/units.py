"""What the learned heads read: clauses, and pairs of neighbouring clauses of one sentence, as numbered n-grams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.learned.features import blocks_of
from handlers.writing.sentences import Span, clauses, sentences

#: Shorter ones ("您好,") say nothing of manner.
_SHORTEST: Final = 5

Ids = NDArray[np.uint32]


def units(text: str) -> Iterator[Span]:
    """Yield the clauses of a text in one width and each with its next: manner shows in as little."""
    for sentence in sentences(text):
        parts = list(clauses(sentence))
        for number, part in enumerate(parts):
            if len(part.text.strip()) >= _SHORTEST:
                yield part
            if number + 1 < len(parts):
                end = parts[number + 1].end
                yield Span(part.start, end, text[part.start : end])


def features(words: str) -> Ids:
    """Return the numbers of the character n-grams of some words, with where they begin and end; figures are masked."""
    # One stop on each side tells beginning and end, whatever stood there.
    ids: Ids = np.unique(blocks_of(f",{words.strip()},", ())[0].ids)
    return ids
