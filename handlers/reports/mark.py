"""What one deed contributes to one figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handlers.deadlines.workdays import WorkCalendar
from handlers.reports.deeds import Deed


@dataclass(frozen=True, slots=True)
class Mark:
    """One unit of a denominator; ``counts`` puts it into the numerator. ``days``: (working days, calendar days)."""

    at: datetime
    section: str
    track: str
    counts: bool
    days: tuple[int, int] | None = None


#: A figure: which mark a deed makes (``None`` = it is none of this figure's business).
Make = Callable[[Deed, WorkCalendar], Mark | None]
