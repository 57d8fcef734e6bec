"""Loading a year's notice into the calendar: what changes is shown first, then written whole or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.calendar_store import stored_days
from handlers.deadlines.notice import Notice, check_year
from handlers.deadlines.recompute import Recount, moved_dues, recount
from handlers.deadlines.workdays import SpecialDay, WorkCalendar
from handlers.deadlines.worktime import local_day
from handlers.errors import Conflict
from handlers.fresh import forget
from handlers.records.calendar_day import CalendarDay

_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class LoadedYear:
    """One year of the calendar as the table holds it."""

    year: int
    number: str
    provisional: bool
    off: int
    on: int


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that the notice makes something else."""

    day: date
    before: str
    after: str
    counts_before: bool
    counts_after: bool


@dataclass(frozen=True, slots=True)
class MovedDue:
    """How many open clocks of one rule move from one last day to another (``before`` = ``after``: only confirmed)."""

    rule: str
    before: str
    after: str
    clocks: int
    overdue: int  # of these: already over by the new date


@dataclass(frozen=True, slots=True)
class Preview:
    """What loading a notice would do. ``seen`` names the calendar it was looked at with; :func:`load` wants it back."""

    notice: Notice
    seen: str
    days: tuple[DayChange, ...]
    moved: tuple[MovedDue, ...]
    open_clocks: int

    @property
    def clocks_moved(self) -> int:
        """How many open clocks get another last day."""
        return sum(row.clocks for row in self.moved if row.before != row.after)

    @property
    def clocks_confirmed(self) -> int:
        """How many keep theirs, which is provisional no longer."""
        return sum(row.clocks for row in self.moved if row.before == row.after)

    @property
    def clocks_overdue(self) -> int:
        """How many are over already by their new date."""
        return sum(row.overdue for row in self.moved)


def years(session: Session, today: date) -> list[LoadedYear]:
    """Return the years from last year to the next one, as loaded."""
    found = []
    days = stored_days(session)
    for year in range(today.year - 1, today.year + 2):
        own = [special for special in days if special.day.year == year]
        counted = Counter(special.working for special in own)
        provisional = not own or any(special.provisional for special in own)
        found.append(LoadedYear(year, _number(days, year), provisional, counted[False], counted[True]))
    return found


def fingerprint(days: Sequence[SpecialDay]) -> str:
    """Return a short mark of a calendar: equal when nothing was edited in between."""
    text = "\n".join(f"{d.day} {d.working} {d.name} {d.source} {d.provisional}" for d in days)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def with_notice(days: Sequence[SpecialDay], notice: Notice) -> list[SpecialDay]:
    """Return the calendar's days with the notice's year replaced by what the notice says."""
    year, old, following = notice.year, _number(days, notice.year), _number(days, notice.year + 1)

    def stays(special: SpecialDay) -> bool:
        last_days = special.day.month == _DECEMBER and not special.provisional
        if special.day.year == year:  # its last days may have come with the notice of the year after
            return last_days and special.source == following != old
        own = special.day.year == year - 1 and last_days and special.source == old != _number(days, year - 1)
        return not own

    merged = {special.day: special for special in days if stays(special)}
    merged |= {special.day: special for special in notice.days}
    return [merged[day] for day in sorted(merged)]


def preview(core: Core, notice: Notice, now: datetime) -> Preview:
    """Say which days change, and which last days of open clocks move. Nothing is written."""
    with core.database.read() as session:
        days = stored_days(session)
    changed = with_notice(days, notice)
    before, after = WorkCalendar(days), WorkCalendar(changed)
    changes = _day_changes(days, changed, before, after)
    looked = moved_dues(core, after, now)
    moved = tuple(MovedDue(*key, clocks, looked.overdue[key]) for key, clocks in sorted(looked.moved.items()))
    return Preview(notice, fingerprint(days), changes, moved, looked.clocks)


def load(core: Core, notice: Notice, seen: str, now: datetime, actor: str = "system") -> Recount:
    """Write the notice's year into the calendar and count every open clock anew; each change is a case event.

    ``seen`` is the preview's. Raises :class:`Conflict` when the calendar was edited since (nothing is changed then).
    Loading the same notice again finishes what a crash left half done.
    """
    check_year(notice.year, local_day(now))
    with core.database.write() as session:
        days = _locked(session)
        if fingerprint(days) != seen:
            raise Conflict("工作日历在预览之后被别人改过，请重新预览。")
        changed = with_notice(days, notice)
        calendar = WorkCalendar(changed)
        _write(session, days, changed)
    forget(core.calendar)
    return recount(core, calendar, now, why=notice.number, actor=actor)


def _number(days: Sequence[SpecialDay], year: int) -> str:
    """The number of a year's notice: that of its New Year's Day ("" when not loaded or not known)."""
    new_year = date(year, 1, 1)
    return next((d.source for d in days if d.day == new_year and not d.provisional), "")


def _locked(session: Session) -> list[SpecialDay]:
    """The table's days, with every row held, so that two loads follow one another."""
    session.execute(select(CalendarDay.day).order_by(CalendarDay.day).with_for_update()).all()
    return stored_days(session)


def _write(session: Session, before: Sequence[SpecialDay], after: Sequence[SpecialDay]) -> None:
    old, new = set(before), set(after)
    gone = [special.day for special in old - new]
    if gone:
        session.execute(delete(CalendarDay).where(CalendarDay.day.in_(gone)))
    columns = ("day", "working", "name", "source", "provisional")
    rows = [{name: getattr(special, name) for name in columns} for special in sorted(new - old, key=lambda d: d.day)]
    if rows:
        session.execute(insert(CalendarDay), rows)


def _day_changes(
    old: Sequence[SpecialDay], new: Sequence[SpecialDay], before: WorkCalendar, after: WorkCalendar
) -> tuple[DayChange, ...]:
    days = sorted({special.day for special in set(old) ^ set(new)})
    changes = (DayChange(d, before.why(d), after.why(d), before.is_workday(d), after.is_workday(d)) for d in days)
    return tuple(c for c in changes if c.counts_before != c.counts_after)
