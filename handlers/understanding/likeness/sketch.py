"""The sketch (文字特征) of a text: its telling n-grams in an order that all texts share, to find and compare it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.likeness.background import weights_of
from handlers.understanding.likeness.grams import Ids, grams_of, spread
from handlers.understanding.likeness.masking import masked
from handlers.understanding.likeness.measures import FEATURES, KEYS, LEAST_FEATURES

_SALT: Final = np.uint32(0x5BD1E995)
_STORED: Final = "<u4"
_MOST: Final = 6000  # characters: what a longer petition says is said by then


@dataclass(frozen=True, slots=True)
class Sketch:
    """``features`` in the order of their draw: a rare n-gram comes early, and in every text at the same place.

    An empty sketch is like nothing. The text cannot be told from it, but whether it holds given words can be guessed:
    it is erased with the text.
    """

    features: Ids

    def __bool__(self) -> bool:
        return self.features.size > 0

    @property
    def keys(self) -> list[int]:
        """The numbers to find the text by: the first drawn, so that two alike texts share some of them."""
        return [int(key) for key in self.features[:KEYS]]

    def pack(self) -> bytes:
        """As bytes for the database: four a feature, lowest byte first."""
        return self.features.astype(_STORED).tobytes()

    @classmethod
    def unpack(cls, data: bytes) -> Sketch:
        """Read what :meth:`pack` wrote."""
        return cls(np.frombuffer(data, dtype=_STORED).astype(np.uint32))


def sketch_of(text: str) -> Sketch:
    """Return the sketch of a text as written; empty when it says too little to be compared."""
    ids = grams_of(masked(text[:_MOST]))
    if ids.size < LEAST_FEATURES:
        return Sketch(ids[:0])
    # An exponential draw by weight: a fixed hash is the chance, so that every process draws alike.
    chance = (spread(ids ^ _SALT).astype(np.float64) + 0.5) / 2**32
    draw = -np.log(chance) / np.square(weights_of(ids).astype(np.float64))
    return Sketch(ids[np.lexsort((ids, draw))][:FEATURES])


def likeness(one: Sketch, other: Sketch) -> float:
    """Return the cosine of two texts, 0 to 1."""
    return float(likenesses(one, [other.pack()])[0])


def likenesses(sketch: Sketch, others: Sequence[bytes]) -> NDArray[np.float64]:
    """Return the cosine with each of the packed sketches, in their order."""
    sizes = np.array([len(packed) // 4 for packed in others], dtype=np.int64)
    found = np.zeros(len(others))
    if not sketch or not sizes.any():
        return found
    ids = np.frombuffer(b"".join(others), dtype=_STORED)
    squares = np.square(weights_of(ids).astype(np.float64))
    shared = np.where(_among(ids, sketch.features), squares, 0.0)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    dots, norms = (np.diff(np.concatenate(([0.0], np.cumsum(row)))[starts]) for row in (shared, squares))
    own = float(np.square(weights_of(sketch.features).astype(np.float64)).sum())
    np.divide(dots, np.sqrt(own * norms), out=found, where=norms > 0)
    return np.clip(found, 0.0, 1.0)


def _among(ids: Ids, wanted: Ids) -> NDArray[np.bool_]:
    """Which of ``ids`` are wanted; most are ruled out by their upper bits before any is searched for."""
    maybe = np.zeros(1 << 16, dtype=np.bool_)
    maybe[wanted >> np.uint32(16)] = True
    hits: NDArray[np.bool_] = maybe[ids >> np.uint32(16)]
    ordered = np.sort(wanted)
    places = np.minimum(np.searchsorted(ordered, ids[hits]), ordered.size - 1)
    hits[hits] = ordered[places] == ids[hits]
    return hits
