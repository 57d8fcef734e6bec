"""The learned heads of the reply check: linear scores of manner over n-grams, weights as plain arrays.

Made by ``python -m handlers.writing.learned.training`` from replies and sentences of our own (``corpus/``).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.learned.features import Floats
from handlers.understanding.learned.model import rows_by_id
from handlers.writing.learned.units import features
from handlers.writing.sentences import Span

#: What each head tells: words that blame or belittle the reader, words that say nothing.
HEADS: Final = ("cold", "hollow")
#: From which score on words are pointed out; chosen across writers (``training --across``).
COLD: Final = 3.0
HOLLOW: Final = 2.2
#: Each fact beside hollow words makes them less of an evasion, by so much.
FACT: Final = 0.25
WEIGHTS: Final = "weights.bin"


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """``rows`` maps an n-gram to its row of ``weights`` (features × heads), -1 where it is not known."""

    rows: NDArray[np.int32]
    weights: Floats
    bias: Floats

    def score(self, words: str) -> Floats:
        """Return the score of some words by head: above 0 means more likely than not."""
        ids = features(words)
        known = self.rows[ids]
        known = known[known >= 0]
        # By the square root of all n-grams, known or not: strange words should make a head less sure.
        scores: Floats = self.weights[known].sum(axis=0) / np.sqrt(max(1, ids.size)) + self.bias
        return scores


def scored(spans: list[Span], head: str) -> list[tuple[float, Span]]:
    """Return spans with their scores by one head, the highest first."""
    place, heads = HEADS.index(head), shipped()
    return sorted(((float(heads.score(span.text)[place]), span) for span in spans), key=lambda one: -one[0])


def dump(ids: NDArray[np.uint32], weights: Floats, bias: Floats) -> bytes:
    """Return the arrays as one compressed archive (no pickle)."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, ids=ids, weights=weights.astype(np.float16), bias=bias)
    return packed.getvalue()


def load(packed: bytes) -> Heads:
    """Return the heads in an archive."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        weights, bias = arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32)
        return Heads(rows_by_id(arrays["ids"]), weights, bias)


@cache
def shipped() -> Heads:
    """Return the heads that come with the program."""
    return load(files("handlers.writing.learned").joinpath(WEIGHTS).read_bytes())
