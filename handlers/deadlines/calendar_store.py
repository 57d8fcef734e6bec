"""The working-day calendar in the database: seeded on init, read into one immutable calendar, watched for gaps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Lock
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from handlers.deadlines.seed import seed_days
from handlers.deadlines.workdays import SpecialDay, WorkCalendar
from handlers.deadlines.worktime import local_day
from handlers.records.calendar_day import CalendarDay
from handlers.records.database import Database

_NOVEMBER: Final = 11


def seed_calendar_table(session: Session, days: Iterable[SpecialDay] | None = None) -> int:
    """Insert the years that the table lacks; return how many days were added. Years already there are left alone."""
    loaded = {day.year for day in session.scalars(select(CalendarDay.day))}
    rows = [
        {"day": d.day, "working": d.working, "name": d.name, "source": d.source, "provisional": d.provisional}
        for d in (seed_days() if days is None else days)
        if d.day.year not in loaded
    ]
    if rows:
        session.execute(insert(CalendarDay), rows)
    return len(rows)


def stored_days(session: Session) -> list[SpecialDay]:
    """Return the special days of the table, in order."""
    columns = (CalendarDay.day, CalendarDay.working, CalendarDay.name, CalendarDay.source, CalendarDay.provisional)
    return [SpecialDay(*row) for row in session.execute(select(*columns).order_by(CalendarDay.day))]


class CalendarStore:
    """Gives the calendar as it stands now (a :class:`handlers.core.CalendarSource`).

    The table is looked at again when ``fresh_seconds`` have passed, so that an edit reaches every process within
    that time, and at once in the process that calls :meth:`forget`. While nothing changed the same object comes back.
    """

    def __init__(
        self, database: Database, fresh_seconds: float = 60.0, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._fresh_seconds = fresh_seconds
        self._ticks = ticks
        self._lock = Lock()
        self._days: list[SpecialDay] = []
        self._calendar: WorkCalendar | None = None
        self._look_again = 0.0

    def __call__(self) -> WorkCalendar:
        """Return the calendar; raises :class:`handlers.errors.CalendarFault` when the table is empty or has gaps."""
        calendar = self._calendar
        if calendar is not None and self._ticks() < self._look_again:
            return calendar
        with self._lock:
            if self._calendar is None or self._ticks() >= self._look_again:
                self._look()
            assert self._calendar is not None
            return self._calendar

    def forget(self) -> None:
        """Look at the table again on the next call (after an edit)."""
        self._look_again = 0.0

    def _look(self) -> None:
        with self._database.read() as session:
            days = stored_days(session)
        if self._calendar is None or days != self._days:
            self._calendar, self._days = WorkCalendar(days), days
        self._look_again = self._ticks() + self._fresh_seconds


def missing_year(calendar: WorkCalendar, now: datetime) -> int | None:
    """Return the year whose notice should be loaded by now: this one, or from November the next; else ``None``."""
    today = local_day(now)
    wanted = [today.year, today.year + 1] if today.month >= _NOVEMBER else [today.year]
    for year in wanted:
        first_day = today.replace(year=year, month=1, day=1)
        if first_day > calendar.last or calendar.is_provisional(first_day):
            return year
    return None
