"""The date in a receipt: computed from the working calendar, never "today"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from handlers.deadlines.local import limits_of
from handlers.deadlines.worktime import SHANGHAI
from handlers.organisation.profile import Profile

_WEEKDAYS: Final = "一二三四五六日"


def latest_words(due: datetime | None, rule: str | None, profile: Profile) -> str:
    """Return "11月25日（周三）" for a limit in days (``due`` is its exclusive end) or "… 下班前" for one in hours.

    A house limit in working hours is promised by the end of its working day: short hours would be read as a promise
    to the minute.
    """
    if due is None:
        return ""
    in_hours = bool(rule) and limits_of(profile).rules[rule].in_hours if rule else False
    words = date_words(due if in_hours else due - timedelta(microseconds=1))
    return f"{words}下班前" if in_hours else words


def date_words(instant: datetime) -> str:
    """Return the local date of ``instant`` as "11月25日（周三）"."""
    day = instant.astimezone(SHANGHAI).date()
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"
