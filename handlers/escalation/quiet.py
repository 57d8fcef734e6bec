"""Quiet time: when staff are not disturbed (nights and rest days), and the moments just before and after it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import SHANGHAI, at_local
from handlers.organisation.profile import QuietHours


def in_quiet_hours(clock: time, quiet: QuietHours) -> bool:
    """Say whether a local wall-clock time lies in the quiet hours, which may run over midnight."""
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def is_quiet(instant: datetime, calendar: WorkCalendar, quiet: QuietHours) -> bool:
    """Say whether an alert at ``instant`` would fall into the night or on a rest day."""
    local = instant.astimezone(SHANGHAI)
    return in_quiet_hours(local.time(), quiet) or not calendar.is_workday(local.date())


def loud_from(instant: datetime, calendar: WorkCalendar, quiet: QuietHours) -> datetime:
    """Return ``instant`` itself outside quiet time, else the moment quiet time ends (UTC)."""
    if not is_quiet(instant, calendar, quiet):
        return instant
    local = instant.astimezone(SHANGHAI)
    day = calendar.next_workday_on_or_after(local.date())
    if day == local.date():
        if local.time() < quiet.end:
            return at_local(day, quiet.end)
        day = calendar.next_workday_on_or_after(day + timedelta(days=1))
    return at_local(day, quiet.end if in_quiet_hours(time.min, quiet) else time.min)
