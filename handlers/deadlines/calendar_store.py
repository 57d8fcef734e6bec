"""The working-day calendar in the database: seeded on init, read into one immutable calendar, watched for gaps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from handlers.deadlines.seed import seed_days
from handlers.deadlines.workdays import SpecialDay, WorkCalendar
from handlers.deadlines.worktime import local_day
from handlers.fresh import Fresh
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
    """Gives the calendar as it stands now (a :class:`handlers.core.CalendarSource`); kept :class:`Fresh`.

    While nothing changed the same object comes back.
    """

    def __init__(
        self, database: Database, fresh_seconds: float = 60.0, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._fresh = Fresh(self._look, fresh_seconds, ticks)

    def __call__(self) -> WorkCalendar:
        """Return the calendar; raises :class:`handlers.errors.CalendarFault` when the table is empty or has gaps."""
        return self._fresh()[1]

    def forget(self) -> None:
        """Look at the table again on the next call (after an edit)."""
        self._fresh.forget()

    def _look(self, known: tuple[list[SpecialDay], WorkCalendar] | None) -> tuple[list[SpecialDay], WorkCalendar]:
        with self._database.read() as session:
            days = stored_days(session)
        return known if known is not None and known[0] == days else (days, WorkCalendar(days))


def missing_year(calendar: WorkCalendar, now: datetime) -> int | None:
    """Return the year whose notice should be loaded by now: this one, or from November the next; else ``None``."""
    today = local_day(now)
    wanted = [today.year, today.year + 1] if today.month >= _NOVEMBER else [today.year]
    for year in wanted:
        first_day = today.replace(year=year, month=1, day=1)
        if first_day > calendar.last or calendar.is_provisional(first_day):
            return year
    return None
