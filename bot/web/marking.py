"""Showing which words decided: a text cut into pieces, the deciding ones with the name of what they decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``label`` says what it decided ("" = nothing)."""

    text: str
    label: str = ""


def marked(text: str, marks: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """Cut ``text`` at the marks (code-point start, end, label); overlapping marks share their labels.

    Marks outside the text are cut to it; joined together the pieces are the text again, letter by letter.
    """
    inside = [(max(0, start), min(len(text), end), label) for start, end, label in marks]
    inside = [mark for mark in inside if mark[0] < mark[1]]
    cuts = sorted({0, len(text), *(at for start, end, _ in inside for at in (start, end))})
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        labels = dict.fromkeys(label for first, last, label in inside if first <= start and end <= last)
        pieces.append(Piece(text[start:end], "、".join(labels)))
    return pieces or [Piece(text)]
