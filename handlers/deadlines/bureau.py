"""When one limit ends as this bureau counts: its table, its calendar, its hours."""

from __future__ import annotations

from datetime import date, datetime

from handlers.core import Core
from handlers.deadlines.counting import Due, due
from handlers.deadlines.local import limits_of
from handlers.deadlines.worktime import business_start


def due_from(core: Core, code: str, start: datetime) -> Due:
    """When the limit ``code`` ends that starts at this instant."""
    profile = core.profile()
    return due(limits_of(profile).rule(code), start, core.calendar(), profile.hours)


def last_day_from(core: Core, code: str, day: date) -> date:
    """The last day of the limit ``code`` that starts on this day."""
    return due_from(core, code, business_start(day, core.profile().hours)).legal_day
