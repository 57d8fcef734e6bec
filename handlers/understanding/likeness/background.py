"""How much each n-gram weighs: the rarer it is in the corpus, the more. A table of bytes that ships with the program.

``python -m handlers.understanding.likeness.background`` makes the table anew from the corpus; that alters every
feature's weight and wants a new scheme (``measures.py``).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.likeness.grams import Ids, grams_of
from handlers.understanding.likeness.masking import masked
from handlers.understanding.training.examples import shipped

_TABLE: Final = Path(__file__).with_name("background.bin")
_SHIFT: Final = np.uint32(16)
_STEPS: Final = 25.0  # one step of a byte is 1/25 of a natural logarithm

Weights = NDArray[np.float32]


def weights_of(ids: Ids) -> Weights:
    """Return the weight of every n-gram: the logarithm of how many letters there are for each that has it."""
    weights: Weights = _weights()[ids >> _SHIFT]
    return weights


@cache
def _weights() -> Weights:
    steps = np.frombuffer(zlib.decompress(_TABLE.read_bytes()), dtype=np.uint8)
    return (np.maximum(steps, 1) / _STEPS).astype(np.float32)


def table_over(texts: Iterable[str]) -> bytes:
    """Count in how many of the texts each n-gram occurs; return the packed table of weights."""
    counts = np.zeros(1 << 16)
    total = 0
    for text in texts:
        counts[np.unique(grams_of(masked(text)) >> _SHIFT)] += 1
        total += 1
    weights = np.log((total + 1) / (counts + 1))
    return zlib.compress(np.clip(np.rint(weights * _STEPS), 1, 255).astype(np.uint8).tobytes(), 9)


def main() -> None:
    """Write the table over the corpus as it stands."""
    corpus = shipped()
    _TABLE.write_bytes(table_over(example.text for example in (*corpus.learned, *corpus.held_out)))


if __name__ == "__main__":
    main()
