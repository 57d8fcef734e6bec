"""What a model makes of one text: a probability for every class of every head, and where in the text it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.labels import Evidence
from handlers.understanding.learned.features import BLOCKS, Block, Floats, blocks_of
from handlers.understanding.learned.model import COLUMNS, HEADS, Model, rows_by_id, values_of
from handlers.understanding.learned.votes import votes_of
from handlers.understanding.normalise import Reading
from handlers.understanding.rules import Opinion

_SHOWN: Final = 4
_LEAST: Final = 0.01
_PLACED: Final = len(BLOCKS) - 1  # the blocks that know their places: all but the words


@dataclass(frozen=True, slots=True)
class Scores:
    """The first stage's scores (in the order of ``COLUMNS``) and the probabilities per head; plus their sources."""

    stage: Floats
    probabilities: dict[str, Floats]
    rows: NDArray[np.int32]
    values: Floats
    blocks: tuple[Block, ...]

    @property
    def known(self) -> int:
        """How many features of the text the model has ever seen."""
        return int((self.rows >= 0).sum())


class Scorer:
    """Scores opinions with one model; pure and thread-safe."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._rows = rows_by_id(model.ids)

    def score(self, opinion: Opinion) -> Scores:
        """Return the scores of one text."""
        model = self.model
        blocks = blocks_of(opinion.reading.text, opinion.words)
        rows, values = values_of(blocks, model.idf, self._rows)
        stage = values @ model.weights[rows] + model.bias  # an unknown feature's value is 0, whatever row it borrows
        inputs = (np.concatenate([stage, votes_of(opinion)]) - model.mean) / model.scale
        probabilities = {
            head: softmax(inputs @ combiner.weights + combiner.bias) for head, combiner in model.combiners.items()
        }
        return Scores(stage, probabilities, rows, values, blocks)

    def evidence(self, scores: Scores, reading: Reading, head: str, code: str) -> tuple[Evidence, ...]:
        """Return the parts of the text that speak most for class ``code`` of ``head``, in the text's order."""
        weights = self.model.weights[scores.rows]
        for_it = weights[:, COLUMNS.index(f"{head}:{code}")] if len(HEADS[head]) > 2 else weights[:, -1]
        starts = np.concatenate([block.starts for block in scores.blocks[:_PLACED]])
        ends = np.concatenate([block.ends for block in scores.blocks[:_PLACED]])
        worth = (for_it * scores.values)[: starts.size]
        # Longer n-grams read better; a little more worth for them keeps single characters from standing alone.
        worth = worth * np.sqrt(ends - starts)
        taken: list[tuple[int, int, float]] = []
        for place in np.argsort(-worth)[: _SHOWN * 4]:
            start, end, weight = int(starts[place]), int(ends[place]), float(worth[place])
            if weight < _LEAST or len(taken) == _SHOWN:
                break
            if end - start > 1 and not any(start < e and s < end for s, e, _ in taken):
                taken.append((start, end, weight))
        return tuple(_shown(reading, *part) for part in sorted(taken))


def softmax(scores: Floats) -> Floats:
    """Return ``scores`` as probabilities."""
    powers = np.exp(scores - scores.max())
    result: Floats = powers / powers.sum()
    return result


def _shown(reading: Reading, start: int, end: int, weight: float) -> Evidence:
    first, last = reading.span(start, end)
    return Evidence(first, last, reading.original[first:last], round(weight, 2))
