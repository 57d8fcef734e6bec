"""Splitting a long text at sentence ends, losing nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_CHARACTERS = 600
MAX_BYTES = 2048

# Best cut first: a paragraph's end, a sentence's end, a clause's end.
_CUTS = (re.compile(r"\n+"), re.compile(r"[。！？!?…；;]+[”’」』）)\"']*"), re.compile(r"[，、,：:\s]"))
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def split_text(text: str, characters: int = MAX_CHARACTERS, size: int = MAX_BYTES) -> list[str]:
    """Return parts of at most ``characters`` code points and ``size`` bytes of UTF-8; joined they are ``text``.

    Cuts at a paragraph, sentence or clause in the second half of what fits, never inside an emoji sequence. A text
    of nothing but blanks gives no part (the platform refuses empty messages).
    """
    return [part for part in _parts(text, characters, size) if part.strip()]


def _parts(text: str, characters: int, size: int) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = start + _fitting(text[start : start + characters], size)
        if end < len(text):
            end = _cut(text, start, end)
        yield text[start:end]
        start = end


def _fitting(piece: str, size: int) -> int:
    encoded = piece.encode()
    return len(piece) if len(encoded) <= size else len(encoded[:size].decode("utf-8", "ignore"))


def _cut(text: str, start: int, end: int) -> int:
    earliest = start + (end - start) // 2
    for cut in _CUTS:
        ends = [found.end() for found in cut.finditer(text, earliest, end)]
        if ends:
            return ends[-1]
    whole = end
    while whole > earliest and _clings(text[whole - 1], text[whole]):
        whole -= 1
    return whole if whole > earliest else end


def _clings(before: str, after: str) -> bool:
    return after in _JOINERS or before == "\u200d" or unicodedata.combining(after) > 0
