"""指南解决率: guides sent at once, and how many of them the citizen said had done; apart from every other figure."""

from __future__ import annotations

from handlers.deadlines.workdays import WorkCalendar
from handlers.reports.deeds import Deed, Guided
from handlers.reports.mark import Mark


def guided(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark a guide that was sent; it counts when the citizen confirmed that it solved the matter."""
    return Mark(deed.at, deed.section, deed.track, deed.solved) if isinstance(deed, Guided) else None
