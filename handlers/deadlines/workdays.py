"""The working-day calendar: which days count, which do not, and why."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from handlers.errors import CalendarFault

_WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_SATURDAY: Final = 5


def weekday_name(day: date) -> str:
    """Return 周一 … 周日."""
    return _WEEKDAYS[day.weekday()]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not simply what its weekday says: a holiday, or a weekend that is worked (调休上班).

    ``source`` is the document number of the yearly notice; ``provisional`` marks a year without a loaded notice.
    """

    day: date
    working: bool
    name: str
    source: str = ""
    provisional: bool = False


class WorkCalendar:
    """Whole years of days, immutable. Every year needs at least one special day (New Year): else it is not loaded.

    Questions outside the loaded years raise :class:`CalendarFault`; no answer loops over days.
    """

    __slots__ = ("_first", "_index", "_last", "_provisional_years", "_special")

    def __init__(self, days: Iterable[SpecialDay]) -> None:
        self._special: dict[date, SpecialDay] = {}
        for special in days:
            if special.day in self._special:
                raise CalendarFault(f"工作日历中 {special.day} 出现两次（又休又班？），请改正后再载入。")
            self._special[special.day] = special
        years = {day.year for day in self._special}
        if not years:
            raise CalendarFault("工作日历是空的：请先运行 huiying init 载入历年节假日。")
        gaps = sorted(set(range(min(years), max(years) + 1)) - years)
        if gaps:
            raise CalendarFault(f"工作日历缺少 {gaps[0]} 年：请载入该年放假通知。")
        self._provisional_years = frozenset(s.day.year for s in self._special.values() if s.provisional)
        self._first, self._last = date(min(years), 1, 1), date(max(years), 12, 31)
        self._index = self._working_ordinals()

    def _working_ordinals(self) -> list[int]:
        first, last = self._first.toordinal(), self._last.toordinal()
        # Ordinal 1 (0001-01-01) was a Monday, so (ordinal - 1) % 7 is the weekday.
        working = {o for o in range(first, last + 1) if (o - 1) % 7 < _SATURDAY}
        for special in self._special.values():
            (working.add if special.working else working.discard)(special.day.toordinal())
        return sorted(working)

    @property
    def first(self) -> date:
        """The first day the calendar knows."""
        return self._first

    @property
    def last(self) -> date:
        """The last day the calendar knows, provisional years included."""
        return self._last

    def known(self, day: date) -> date:
        """Return ``day``; raises :class:`CalendarFault` when its year is not loaded."""
        self._check(day)
        return day

    def _check(self, day: date) -> int:
        if not self._first <= day <= self._last:
            raise CalendarFault(
                f"工作日历只有 {self._first.year} 至 {self._last.year} 年，没有 {day}：请先载入该年放假安排。"
            )
        return day.toordinal()

    def _at(self, position: int) -> date:
        if not 0 <= position < len(self._index):
            raise CalendarFault(
                f"期限超出工作日历（{self._first.year} 至 {self._last.year} 年）：请先载入以后年份的放假安排。"
            )
        return date.fromordinal(self._index[position])

    def is_workday(self, day: date) -> bool:
        """Say whether ``day`` is worked."""
        ordinal = self._check(day)
        return self._index[min(bisect_left(self._index, ordinal), len(self._index) - 1)] == ordinal

    def next_workday_on_or_after(self, day: date) -> date:
        """Return ``day`` itself when worked, else the next worked day."""
        return self._at(bisect_left(self._index, self._check(day)))

    def last_workday_on_or_before(self, day: date) -> date:
        """Return ``day`` itself when worked, else the last worked day before it."""
        return self._at(bisect_right(self._index, self._check(day)) - 1)

    def add_workdays(self, day: date, n: int) -> date:
        """Return working day ``n`` after ``day``: day 1 is the first worked day after it.

        Negative ``n`` counts back: -1 is the last worked day before ``day``. ``n`` = 0 is not a count and is refused.
        """
        if n == 0:
            raise ValueError("working day 0 does not exist: day 1 is the first one after")
        ordinal = self._check(day)
        if n > 0:
            return self._at(bisect_right(self._index, ordinal) + n - 1)
        return self._at(bisect_left(self._index, ordinal) + n)

    def workdays_between(self, first: date, last: date) -> int:
        """Count worked days from ``first`` to ``last``, both included (0 when ``last`` is earlier)."""
        low, high = self._check(first), self._check(last)
        return max(0, bisect_right(self._index, high) - bisect_left(self._index, low))

    def is_provisional(self, day: date) -> bool:
        """Say whether the notice of ``day``'s year is not loaded yet."""
        return day.year in self._provisional_years

    def why(self, day: date) -> str:
        """Return the reason in Chinese: 国庆节, 周六, 周六调休上班, 工作日."""
        special = self._special.get(day)
        if special is None:
            self._check(day)
            return "工作日" if day.weekday() < _SATURDAY else weekday_name(day)
        if special.working:
            return f"{weekday_name(day)}调休上班" if day.weekday() >= _SATURDAY else "工作日"
        return special.name or weekday_name(day)

    def source(self, day: date) -> str:
        """Return the document number of the notice that made ``day`` special ("" when plain or not known)."""
        special = self._special.get(day)
        return special.source if special else ""
