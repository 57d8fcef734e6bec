"""Numbers of rows to ask for, in few different counts: a statement for each count would be planned anew each time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_COUNTS: Final = (10, 50, 200)


def in_round_number(ids: Iterable[int]) -> list[int]:
    """Return ``ids`` with the last repeated up to the next usual count: ``IN`` says the same, and is known already."""
    found = list(ids)
    wanted = next((count for count in _COUNTS if count >= len(found)), 0)
    return found + found[-1:] * (wanted - len(found))
