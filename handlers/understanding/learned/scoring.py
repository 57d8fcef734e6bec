"""What a model makes of one text: a probability for every class of every head, and where in the text it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.labels import Evidence
from handlers.understanding.learned.features import BLOCKS, Block, Floats, blocks_of
from handlers.understanding.learned.model import COLUMNS, HEADS, Found, Model, rows_by_id, values_of
from handlers.understanding.learned.votes import votes_of
from handlers.understanding.normalise import Reading
from handlers.understanding.rules import Opinion

#: Where the classes of each head begin among the classes of all.
_SIZES: Final = np.array([len(codes) for codes in HEADS.values()])
_STARTS: Final = np.concatenate([[0], np.cumsum(_SIZES)[:-1]])

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
        weights = self.model.weights[found.rows]
        stage = found.values @ weights + self.model.bias
        classes = np.concatenate([stage, votes_of(opinion)]) @ self._weights + self._bias
        powers = np.exp(classes - np.repeat(np.maximum.reduceat(classes, _STARTS), _SIZES))
        powers /= np.repeat(np.add.reduceat(powers, _STARTS), _SIZES)
        probabilities = dict(zip(HEADS, np.split(powers, _STARTS[1:]), strict=True))
        return Scores(probabilities, found, weights, blocks)

    def topics(self, opinion: Opinion) -> Floats:
        """Return the probabilities of the topics alone."""
        return self.score(opinion).probabilities["topic"]

    def evidence(self, scores: Scores, reading: Reading, head: str, code: str) -> tuple[Evidence, ...]:
        """Return the parts of the text that speak most for class ``code`` of ``head``, in the text's order."""
        column = COLUMNS.index(f"{head}:{code}")
        placed = scores.blocks[:_PLACED]
        starts = np.concatenate([block.starts for block in placed])
        ends = np.concatenate([block.ends for block in placed])
        places = scores.found.places[: np.searchsorted(scores.found.places, starts.size)]
        starts, ends = starts[places], ends[places]
        # Longer n-grams read better; a little more worth for them keeps single characters from standing alone.
        worth = scores.weights[: places.size, column] * scores.found.values[: places.size] * np.sqrt(ends - starts)
        taken: list[tuple[int, int, float]] = []
        for place in _largest(worth, _SHOWN * 4):
            start, weight = int(starts[place]), float(worth[place])
            end = start + len(reading.text[start : int(ends[place])].rstrip(_NEVER_LAST))
            if weight < _LEAST or len(taken) == _SHOWN:
                break
            if _reads(reading.text[start:end]) and not any(start < e and s < end for s, e, _ in taken):
                taken.append((start, end, weight))
        return tuple(_shown(reading, *part) for part in sorted(taken))


def _reads(part: str) -> bool:
    """Whether a person can read ``part`` as words: no single character, no stops, no torn-off start."""
    return len(part) > 1 and part.isalnum() and part[0] not in _NEVER_FIRST


def _largest(worth: Floats, number: int) -> NDArray[np.int64]:
    """Return the places of the ``number`` largest, the largest first."""
    if worth.size > number:
        some = np.argpartition(-worth, number)[:number]
        return some[np.argsort(-worth[some])]
    return np.argsort(-worth)


def _shown(reading: Reading, start: int, end: int, weight: float) -> Evidence:
    first, last = reading.span(start, end)
    return Evidence(first, last, reading.original[first:last], round(weight, 2))
