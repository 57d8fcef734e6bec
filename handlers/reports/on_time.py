"""按时办结率: of the answers owed, those that had arrived before their limit ended."""

from __future__ import annotations

from handlers.deadlines.workdays import WorkCalendar
from handlers.reports.deeds import Decided, Deed
from handlers.reports.mark import Mark


def on_time(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark an answering limit once: kept in the month of the answer, missed in the month in which it ended."""
    if not isinstance(deed, Decided) or deed.duty != "answer":
        return None
    return Mark(deed.at, deed.section, deed.track, deed.on_time)
