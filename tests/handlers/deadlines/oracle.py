"""A second opinion on due dates: counts naively, day by day and minute by minute, over another library's calendar.

It shares nothing with the product: neither its code, nor its calendar, nor its table of rules (written down here again
from the laws). Slow on purpose.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

FIRST_YEAR, LAST_YEAR = 2020, 2026
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OFFICE = ((time(8, 30), time(12, 0)), (time(14, 30), time(17, 30)))
_CHINA = country_holidays("CN", years=range(FIRST_YEAR - 1, LAST_YEAR + 2))

#: code → (length, unit): D days, WD working days, M months, H hours, WH working hours; YEARLY ends on a fixed date.
RULES = {
    "XF-01": (15, "D"), "XF-02": (15, "D"), "XF-03": (5, "WD"), "XF-05": (60, "D"), "XF-07": (30, "D"),
    "XF-08": (30, "D"), "XF-09": (30, "D"), "XF-10": (1, "H"), "XF-11a": (3, "WD"), "XF-11b": (10, "WD"),
    "GK-01": (20, "WD"), "GK-03": (7, "WD"), "GK-04": (15, "WD"), "GK-05": (15, "WD"), "GK-07": (20, "WD"),
    "RX-01": (2, "WD"), "RX-02": (10, "WD"), "RX-03": (15, "WD"),
    "NB-01": (4, "WH"), "NB-02": (1, "WD"), "NB-03": (2, "WD"), "NB-04": (3, "WD"),
    "WX-01": (5, "WD"), "WX-02": (3, "M"), "WZ-00a": (7, "WD"), "WZ-00b": (15, "WD"), "WZ-01a": (1, "WD"),
    "WZ-01b": (3, "WD"), "YQ-01a": (5, "H"), "YQ-01b": (24, "H"), "YQ-02": (48, "H"),
    "JT-01a": (3, "M"), "JT-01b": (6, "M"), "JT-02": (3, "M"),
}  # fmt: skip
YEARLY = {"GK-08": (1, 31)}

Pause = tuple[date, date]


class TooLate(Exception):
    """The limit ends after the last year whose notice is known."""


@cache
def worked(day: date) -> bool:
    """Whether people work on ``day``."""
    if day.year > LAST_YEAR:
        raise TooLate
    return bool(_CHINA.is_working_day(day))


def due(code: str, start: datetime, pauses: list[Pause], extend: int) -> tuple[date, date] | tuple[datetime, datetime]:
    """Return (legal, safe): last days, or for limits in hours the instant twice. Raises :class:`TooLate`."""
    first = start.astimezone(SHANGHAI).date()
    if code in YEARLY:
        month, day = YEARLY[code]
        last = date(first.year, month, day)
        while last < first:
            last = date(last.year + 1, month, day)
        return last, _back(last)
    length, unit = RULES[code]
    if unit in ("H", "WH"):
        end = _minutes(start, (length + extend) * 60, pauses, office_only=unit == "WH")
        return end, end
    if unit == "WD":
        last = _days(first, length + extend, pauses, working_only=True)
        return last, last
    if unit == "D":
        last = _days(first, length + extend, pauses, working_only=False)
    else:
        last = _months(first, length, pauses)
        if extend:
            last = _months(last, extend, pauses)
    return _forward(last), _back(last)


def _paused(day: date, pauses: list[Pause]) -> bool:
    return any(first <= day <= last for first, last in pauses)


def _days(day: date, wanted: int, pauses: list[Pause], *, working_only: bool) -> date:
    counted = 0
    while counted < wanted:
        day += DAY
        if not _paused(day, pauses) and (not working_only or worked(day)):
            counted += 1
    return day


def _months(day: date, months: int, pauses: list[Pause]) -> date:
    """The same date so many months on, or the last day of that month; a paused day puts it off by one."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    wanted, length = day, 0
    while (wanted.year, wanted.month) != (year, month) or (wanted.day < day.day and (wanted + DAY).month == month):
        wanted += DAY
        length += 1
    return _days(day, length, pauses, working_only=False)


def _minutes(start: datetime, wanted: int, pauses: list[Pause], *, office_only: bool) -> datetime:
    instant, counted = start.astimezone(SHANGHAI), 0
    while counted < wanted:
        day = instant.date()
        runs = not _paused(day, pauses)
        if office_only:
            runs = runs and worked(day) and any(opens <= instant.time() < closes for opens, closes in OFFICE)
        counted += runs
        instant += MINUTE
    return instant


def _forward(day: date) -> date:
    while not worked(day):
        day += DAY
    return day


def _back(day: date) -> date:
    while not worked(day):
        day -= DAY
    return day
