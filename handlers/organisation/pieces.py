"""Texts with fields: ``{number}`` is filled in, ``[[…]]`` is left out when a field in it is empty; and their faults."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from handlers.errors import ProfileFault

FIELD: Final = re.compile(r"\{([^{}]*)\}")
PIECE: Final = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


def fill(name: str, text: str, values: Mapping[str, str]) -> str:
    """Fill in one pass per level, so that what stands in a value is never read as a field.

    Raises :class:`ProfileFault`, naming the text ``name``, for a field that ``values`` does not have.
    """

    def value(match: re.Match[str]) -> str:
        try:
            return values[match[1]]
        except KeyError:
            raise ProfileFault(f"Text {name!r} uses the field {match[0]}, which it does not have.") from None

    def piece(match: re.Match[str]) -> str:
        return match[1] if all(values.get(field, field) for field in FIELD.findall(match[1])) else ""

    return FIELD.sub(value, PIECE.sub(piece, text))


def brace_faults(text: str, known: Collection[str]) -> tuple[list[str], set[str]]:
    """Return what is wrong with the braces of a text, in words, and the fields it uses."""
    used = FIELD.findall(text)
    faults = [f"没有 {{{name}}} 这个字段" for name in dict.fromkeys(used) if name not in known]
    bare = FIELD.sub("", text)
    if "{" in bare or "}" in bare:
        faults.append("花括号不成对")
    return faults, set(used)


def bracket_faults(text: str) -> list[str]:
    """Return whether the double brackets of a text pair up and stand in no others, in words."""
    if any("[[" in inner for inner in PIECE.findall(text)):
        return ["双方括号不能套在另一对里面"]
    bare = PIECE.sub("", text)
    return ["双方括号不成对"] if "[[" in bare or "]]" in bare else []


def fields_outside_pieces(text: str) -> list[str]:
    """Return the fields of a text that stand outside ``[[…]]``."""
    return FIELD.findall(PIECE.sub("", text))
