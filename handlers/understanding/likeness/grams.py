"""Cutting a masked text into character pairs and triples, each a number that is the same in every process.

The trained heads hash n-grams of their own (``learned/features.py``) and may change them with every model; these are
kept in the database for months and must not change under it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32]

_LENGTHS: Final = (2, 3)
_MIX: Final = np.uint32(0x9E3779B1)
_PRIME: Final = np.uint32(0x01000193)
_STOP: Final = ord(",")


def grams_of(masked: str) -> Ids:
    """Return the distinct n-grams of a masked text that do not run over a stop, sorted."""
    codes = np.frombuffer(masked.encode("utf-32-le"), dtype=np.uint32)
    rolling, broken = codes * _MIX, codes == _STOP
    found = [_NONE]
    for length in range(2, max(_LENGTHS) + 1):
        if rolling.size < 2:
            break
        rolling = (rolling[:-1] * _PRIME) ^ (codes[length - 1 :] * _MIX)
        broken = broken[:-1] | (codes[length - 1 :] == _STOP)
        found.append(rolling[~broken] + np.uint32(length * 0x51ED2701 & 0xFFFFFFFF))
    return np.unique(spread(np.concatenate(found)))


def spread(hashes: Ids) -> Ids:
    """Mix the bits so that every part of the number is as good as the whole."""
    hashes = (hashes ^ (hashes >> np.uint32(15))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


_NONE: Final = np.empty(0, dtype=np.uint32)
