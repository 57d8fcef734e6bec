"""Cutting a text to Telegram's 4,096 characters (UTF-16 units) on sentence ends, losing nothing but outer space."""

from __future__ import annotations

import re
from typing import Final

#: Telegram counts UTF-16 units: most emoji count two.
LONGEST: Final = 4096

_ENDS: Final = (re.compile(r"\n+"), re.compile(r"[。！？!?…；;]+[”’」』）)\"']*"), re.compile(r"[，、,：:\s]"))


def units(text: str) -> int:
    """Return the length of ``text`` as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def parts(text: str, longest: int = LONGEST) -> list[str]:
    """Return ``text`` in pieces of at most ``longest`` units; none for a text of blanks."""
    found, rest = [], text.strip()
    while units(rest) > longest:
        end = _cut(rest, _fitting(rest, longest))
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [piece for piece in (*found, rest) if piece]


def _fitting(text: str, longest: int) -> int:
    used = 0
    for place, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > longest:
            return place
    return len(text)


def _cut(text: str, end: int) -> int:
    """Return the best place to cut before ``end``: the last paragraph, sentence or clause in the second half."""
    for pattern in _ENDS:
        ends = [match.end() for match in pattern.finditer(text, end // 2, end)]
        if ends:
            return ends[-1]
    return end
