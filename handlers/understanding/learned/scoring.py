"""What a model makes of one text: a probability for every class of every head, and where in the text it comes from."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.labels import Evidence
from handlers.understanding.learned.features import BLOCKS, Block, Floats, Places, blocks_of
from handlers.understanding.learned.model import COLUMNS, HEADS, Found, Model, rows_by_id, values_of
from handlers.understanding.learned.votes import votes_of
from handlers.understanding.normalise import Reading
from handlers.understanding.rules import Opinion

#: Where the classes of each head stand among the classes of all, where each begins, and whose each is.
_ENDS: Final = list(itertools.accumulate(len(codes) for codes in HEADS.values()))
_PARTS: Final = {head: slice(end - len(codes), end) for (head, codes), end in zip(HEADS.items(), _ENDS, strict=True)}
_STARTS: Final = np.array([part.start for part in _PARTS.values()])
_OWNERS: Final = np.array([place for place, codes in enumerate(HEADS.values()) for _ in codes])

_SHOWN: Final = 4
_LEAST: Final = 0.01
#: Where a part of a text begins with one of these it was torn out of its words (的老, 了吗, 们的); at its end they go.
_NEVER_FIRST: Final = frozenset("的了吗呢吧啊呀么们是也")
_NEVER_LAST: Final = "的我你她它是也把被让和跟就都"
_PLACED: Final = len(BLOCKS) - 1  # the blocks that know their places: all but the words


@dataclass(frozen=True, slots=True)
class Scores:
    """The probabilities per head, and what they come from: the features found and their weights per column."""

    probabilities: dict[str, Floats]
    found: Found
    weights: Floats
    blocks: tuple[Block, ...]


class Scorer:
    """Scores opinions with one model; pure and thread-safe."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._rows = rows_by_id(model.ids)
        # One product for all heads, the standardising of the inputs folded into it.
        together = np.hstack([model.combiners[head].weights for head in HEADS])
        self._weights = together / model.scale[:, np.newaxis]
        self._bias = np.concatenate([model.combiners[head].bias for head in HEADS]) - model.mean @ self._weights

    def score(self, opinion: Opinion) -> Scores:
        """Return the scores of one text."""
        blocks = blocks_of(opinion.reading.text, opinion.words)
        found = values_of(blocks, self.model.idf, self._rows)
        weights = self.model.weights.take(found.rows, axis=0)
        stage = found.values @ weights + self.model.bias
        classes = np.concatenate([stage, votes_of(opinion)]) @ self._weights + self._bias
        powers = np.exp(classes - np.maximum.reduceat(classes, _STARTS).take(_OWNERS))
        powers /= np.add.reduceat(powers, _STARTS).take(_OWNERS)
        return Scores({head: powers[part] for head, part in _PARTS.items()}, found, weights, blocks)

    def topics(self, opinion: Opinion) -> Floats:
        """Return the probabilities of the topics alone."""
        return self.score(opinion).probabilities["topic"]

    def evidence(self, scores: Scores, reading: Reading, said: Mapping[str, str]) -> dict[str, tuple[Evidence, ...]]:
        """Return for the column ``said`` of each label the parts of the text that speak most for it, in its order."""
        if not said:
            return {}
        placed = [block for block in scores.blocks[:_PLACED] if block.ids.size]
        if not placed:
            return dict.fromkeys(said, ())
        starts = np.concatenate([block.starts() for block in placed])
        ends = np.concatenate([block.ends() for block in placed])
        places = scores.found.places[: scores.found.places.searchsorted(starts.size)]
        starts, ends = starts.take(places), ends.take(places)
        # Longer n-grams read better; a little more worth for them keeps single characters from standing alone.
        values = scores.found.values[: places.size] * np.sqrt(ends - starts)
        columns = {label: COLUMNS.index(column) for label, column in said.items()}
        return {
            label: _heaviest(reading, starts, ends, scores.weights[: places.size, column] * values)
            for label, column in columns.items()
        }


def _heaviest(reading: Reading, starts: Places, ends: Places, worth: Floats) -> tuple[Evidence, ...]:
    taken: list[tuple[int, int, float]] = []
    likely = _largest(worth, _SHOWN * 4)
    candidates = starts.take(likely).tolist(), ends.take(likely).tolist(), worth.take(likely).tolist()
    for start, last, weight in zip(*candidates, strict=True):
        if weight < _LEAST or len(taken) == _SHOWN:
            break
        part = reading.text[start:last].rstrip(_NEVER_LAST)
        end = start + len(part)
        if _reads(part) and not any(start < e and s < end for s, e, _ in taken):
            taken.append((start, end, weight))
    return tuple(_shown(reading, *part) for part in sorted(taken))


def _reads(part: str) -> bool:
    """Whether a person can read ``part`` as words: no single character, no stops, no torn-off start."""
    return len(part) > 1 and part.isalnum() and part[0] not in _NEVER_FIRST


def _largest(worth: Floats, number: int) -> NDArray[np.int64]:
    """Return the places of the ``number`` largest, the largest first."""
    least = -worth
    if worth.size > number:
        some = least.argpartition(number)[:number]
        return some.take(least.take(some).argsort())
    return least.argsort()


def _shown(reading: Reading, start: int, end: int, weight: float) -> Evidence:
    first, last = reading.span(start, end)
    return Evidence(first, last, reading.original[first:last], round(weight, 2))
