"""Local time: the bureau's zone, its days as instants, and the arithmetic of working hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from handlers.deadlines.workdays import WorkCalendar
from handlers.organisation.profile import WorkingHours

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_DAY: Final = timedelta(days=1)


def local_day(instant: datetime) -> date:
    """Return the date in Shanghai of an aware ``instant``."""
    return instant.astimezone(SHANGHAI).date()


def at_local(day: date, clock: time) -> datetime:
    """Return the UTC instant of a local wall-clock time."""
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return 24:00 of ``day`` as a UTC instant: the exclusive end of a limit that ends on it."""
    return at_local(day + _DAY, time.min)


def business_start(day: date, hours: WorkingHours) -> datetime:
    """Return the start of business on ``day`` (UTC)."""
    return at_local(day, hours.morning_start)


def instant_of(day: date, now: datetime, hours: WorkingHours) -> datetime:
    """Return the instant that a day which somebody named stands for: now if it is today, else its start of business."""
    return now if day == local_day(now) else business_start(day, hours)


def business_end(day: date, hours: WorkingHours) -> datetime:
    """Return the close of business on ``day`` (UTC)."""
    return at_local(day, hours.afternoon_end)


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def working_seconds(hours: WorkingHours) -> int:
    """Return how many seconds a working day has."""
    morning = _seconds(hours.morning_end) - _seconds(hours.morning_start)
    return morning + _seconds(hours.afternoon_end) - _seconds(hours.afternoon_start)


def worked_until(clock: time, hours: WorkingHours) -> float:
    """Return the working seconds of a working day that have passed at wall-clock time ``clock``."""
    now = _seconds(clock) + clock.microsecond / 1e6
    morning = min(max(now, _seconds(hours.morning_start)), _seconds(hours.morning_end)) - _seconds(hours.morning_start)
    afternoon = min(max(now, _seconds(hours.afternoon_start)), _seconds(hours.afternoon_end))
    return morning + afternoon - _seconds(hours.afternoon_start)


def instant_after(day: date, worked: float, hours: WorkingHours) -> datetime:
    """Return the UTC instant at which ``worked`` working seconds of ``day`` have passed (the earliest such)."""
    morning = _seconds(hours.morning_end) - _seconds(hours.morning_start)
    if worked <= morning:
        return business_start(day, hours) + timedelta(seconds=worked)
    return at_local(day, hours.afternoon_start) + timedelta(seconds=worked - morning)


def last_working_hour_before(instant: datetime, calendar: WorkCalendar, hours: WorkingHours) -> datetime:
    """Return the start of the last working hour that is over at ``instant`` (UTC)."""
    day = local_day(instant)
    for candidate in (day, day - _DAY):
        worked_day = calendar.last_workday_on_or_before(candidate)
        for start, end in (
            (hours.afternoon_start, hours.afternoon_end),
            (hours.morning_start, hours.morning_end),
        ):
            if at_local(worked_day, end) <= instant:
                return max(at_local(worked_day, end) - timedelta(hours=1), at_local(worked_day, start))
    return business_start(calendar.last_workday_on_or_before(day - _DAY), hours)
