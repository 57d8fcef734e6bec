"""Which words two letters share: what a reader wants to see marked when they stand side by side."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

#: Characters that must agree in a row: shorter stretches are grammar.
_RUN: Final = 4


def shared_runs(text: str, other: str) -> list[tuple[int, int]]:
    """Return the stretches of ``text`` that ``other`` has too (code points, half-open, in order, not touching).

    Only letters and figures count; white space and stops between them do not break a stretch.
    """
    places = [at for at, character in enumerate(text) if character.isalnum()]
    plain = "".join(text[at] for at in places)
    elsewhere = "".join(filter(str.isalnum, other))
    known = {elsewhere[at : at + _RUN] for at in range(len(elsewhere) - _RUN + 1)}
    covered = bytearray(len(plain) + 1)
    for at in range(len(plain) - _RUN + 1):
        if plain[at : at + _RUN] in known:
            covered[at : at + _RUN] = b"\x01" * _RUN
    edges = [at for at, (before, after) in enumerate(pairwise(b"\x00" + bytes(covered))) if before != after]
    return [(places[start], places[end - 1] + 1) for start, end in zip(edges[::2], edges[1::2], strict=True)]
