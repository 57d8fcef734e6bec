"""The script gate: which writing a text is in, so that nothing is made up about what the rules cannot read."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_MONGOLIAN: Final = re.compile(r"[\u1800-\u18af\U00011660-\U0001167f]+")
_CYRILLIC: Final = re.compile(r"[\u0400-\u052f]+")
_LETTER: Final = re.compile(r"[^\W\d_]+")
#: From here on Unicode holds no letters.
_NO_LETTERS: Final = 0x40000
#: What is told of a character, one bit each.
_BITS: Final = {1: _LETTER, 2: _HAN, 4: _MONGOLIAN, 8: _CYRILLIC}


class Script(StrEnum):
    """The writing of a text. Only ``CHINESE`` and ``MIXED`` are read; a mixed one always goes to a person."""

    CHINESE = "chinese"
    MIXED = "mixed"
    MONGOLIAN = "mongolian"
    CYRILLIC = "cyrillic"
    OTHER = "other"
    NOTHING = "nothing"


def script_of(text: str) -> Script:
    """Return the script of ``text``; ``NOTHING`` when it holds no letters (empty, punctuation, digits, emoji)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    counts: list[int] = np.bincount(_bits().take(codes, mode="clip"), minlength=2 * max(_BITS)).tolist()
    letters = sum(counts[1::2])
    han, mongolian, cyrillic = (counts[bit] + counts[bit + 1] for bit in (2, 4, 8))  # as letters, and as other signs
    if letters + mongolian == 0:
        return Script.NOTHING
    foreign = mongolian + cyrillic
    if foreign and foreign * 2 >= han:
        return Script.MONGOLIAN if mongolian >= cyrillic else Script.CYRILLIC
    latin = letters - han - cyrillic
    if latin > 4 * han:
        return Script.OTHER
    # Latin words among Chinese are everyday (App, WiFi, a plate's number): only much of it makes a text mixed.
    return Script.MIXED if foreign or latin > 2 * han else Script.CHINESE


@cache
def _bits() -> NDArray[np.uint8]:
    """The bits of every character; the last stands for all behind it."""
    everything = "".join(map(chr, range(_NO_LETTERS + 1)))
    bits = np.zeros(len(everything), dtype=np.uint8)
    for bit, pattern in _BITS.items():
        for found in pattern.finditer(everything):
            bits[found.start() : found.end()] |= bit
    return bits
