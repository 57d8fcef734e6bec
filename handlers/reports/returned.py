"""退办率: of the cases handed to a section, those that it gave back to the office as not its own."""

from __future__ import annotations

from handlers.deadlines.workdays import WorkCalendar
from handlers.reports.deeds import Deed, Handed
from handlers.reports.mark import Mark


def returned(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark a handover, in the month in which it was made."""
    return Mark(deed.at, deed.section, deed.track, deed.returned) if isinstance(deed, Handed) else None
