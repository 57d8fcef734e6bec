"""Naming a fault for logs and boards without a word of anybody's message: the type and the way, never the values."""

from __future__ import annotations

import traceback
from typing import Final

_DEEPEST: Final = 6


def describe(fault: BaseException) -> str:
    """Return the fault's type and the innermost place it came from: ``KeyError (handlers.intake.write:71)``."""
    where = fault.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f" ({where.tb_frame.f_globals.get('__name__', '?')}:{where.tb_lineno})" if where else ""
    return f"{type(fault).__name__}{place}"


def trail(fault: BaseException) -> list[str]:
    """Return the last frames that led to the fault, innermost last: function, file and line, no values."""
    frames = traceback.extract_tb(fault.__traceback__)[-_DEEPEST:]
    return [f"{frame.name} {'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno}" for frame in frames]
