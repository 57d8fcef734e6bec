"""The script gate: which writing a text is in, so that nothing is made up about what the rules cannot read."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_MONGOLIAN: Final = re.compile(r"[\u1800-\u18af\U00011660-\U0001167f]+")
_CYRILLIC: Final = re.compile(r"[\u0400-\u052f]+")
_LETTER: Final = re.compile(r"[^\W\d_]+")


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
    letters, han, mongolian, cyrillic = (_count(p, text) for p in (_LETTER, _HAN, _MONGOLIAN, _CYRILLIC))
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


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))
