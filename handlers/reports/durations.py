"""办理用时: working and calendar days from receipt to the arrival of the answer."""

from __future__ import annotations

from datetime import timedelta

from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import local_day
from handlers.errors import CalendarFault
from handlers.reports.deeds import Answered, Deed
from handlers.reports.mark import Mark


def durations(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark an answer with its days; the day of receipt is not counted (民法典 201), so the same day is 0."""
    if not isinstance(deed, Answered):
        return None
    arrived = local_day(deed.at)
    days = max(0, (arrived - deed.received).days)
    try:
        working = calendar.workdays_between(deed.received + timedelta(days=1), arrived)
    except CalendarFault:  # a receipt dated before the first year of the calendar must not take the figures away
        return None
    return Mark(deed.at, deed.section, deed.track, True, (working, days))
