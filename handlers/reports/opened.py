"""重复件 and 集体件: of the cases received, those of one person about one matter again, and those in a group."""

from __future__ import annotations

from handlers.deadlines.workdays import WorkCalendar
from handlers.reports.deeds import Deed, Opened
from handlers.reports.mark import Mark


def repeated(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark a case in the month in which it came, counted when it is a repeat (重复)."""
    return Mark(deed.at, deed.section, deed.track, deed.repeat) if isinstance(deed, Opened) else None


def mass(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark a case in the month in which it came, counted when it is in a group (集体)."""
    return Mark(deed.at, deed.section, deed.track, deed.mass) if isinstance(deed, Opened) else None
