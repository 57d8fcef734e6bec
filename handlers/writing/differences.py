"""Two versions of a text beside each other: which of their clauses the other does not have."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final, NamedTuple

_CLAUSE: Final = re.compile(r"[^，。！？；：,;!?\n]*[，。！？；：,;!?\n]+|[^，。！？；：,;!?\n]+$")


class Part(NamedTuple):
    """A stretch of one version; ``own`` when the other version has no such words here."""

    text: str
    own: bool


def side_by_side(one: str, other: str) -> tuple[list[Part], list[Part]]:
    """Return both texts cut into parts; joined together the parts are the texts again."""
    left, right = _CLAUSE.findall(one), _CLAUSE.findall(other)
    shown: tuple[list[Part], list[Part]] = ([], [])
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for parts, words in zip(shown, (left[a:b], right[c:d]), strict=True):
            if words:
                parts.append(Part("".join(words), kind != "equal"))
    return shown
