"""统计月: the month of the figures, which ends on the day that the bureau cuts off at. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from handlers.deadlines.worktime import end_of_day, local_day
from handlers.errors import InvalidInput

_WRITTEN: Final = re.compile(r"(\d{4})-(\d{1,2})")
_FIRST_YEAR, _LAST_YEAR = 2004, 2099


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of figures. ``ends_on`` (1 to 31) is its last day; a month that lacks the day ends on its own last."""

    year: int
    month: int
    ends_on: int = 31

    @property
    def code(self) -> str:
        """``2026-11``, as it stands in addresses."""
        return f"{self.year}-{self.month:02}"

    @property
    def name(self) -> str:
        """``2026年11月``."""
        return f"{self.year}年{self.month}月"

    @property
    def first_day(self) -> date:
        """The day after the cut-off of the month before."""
        return self.before().last_day + timedelta(days=1)

    @property
    def last_day(self) -> date:
        """The day of the cut-off."""
        return date(self.year, self.month, min(self.ends_on, monthrange(self.year, self.month)[1]))

    @property
    def start(self) -> datetime:
        """The first instant (UTC)."""
        return end_of_day(self.before().last_day)

    @property
    def end(self) -> datetime:
        """The first instant after it (UTC)."""
        return end_of_day(self.last_day)

    @property
    def span(self) -> str:
        """``10月26日至11月25日``."""
        first, last = self.first_day, self.last_day
        return f"{first.month}月{first.day}日至{last.month}月{last.day}日"

    def before(self, months: int = 1) -> Month:
        """Return the month ``months`` earlier (negative: later)."""
        index = self.year * 12 + self.month - 1 - months
        return Month(index // 12, index % 12 + 1, self.ends_on)


def month_of(instant: datetime, ends_on: int) -> Month:
    """Return the month that an aware instant belongs to."""
    day = local_day(instant)
    own = Month(day.year, day.month, ends_on)
    return own if day <= own.last_day else own.before(-1)


def parse_month(text: str, ends_on: int) -> Month:
    """Read ``2026-11``; raises :class:`InvalidInput` for anything else."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found or not (1 <= int(found[2]) <= 12 and _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR):
        raise InvalidInput("月份请写成 2026-11 这样。", "month")
    return Month(int(found[1]), int(found[2]), ends_on)
