"""Counting: all figures over some months in one pass, by month, section and track; and the cases behind a number."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.reports.catalogue import FIGURES, Figure
from handlers.reports.events import histories
from handlers.reports.mark import Mark
from handlers.reports.period import Month
from handlers.reports.story import deeds

#: The section code of whatever no section had.
NO_SECTION: Final = ""


@dataclass(slots=True)
class Cell:
    """One figure: numerator ``good``, denominator ``of``, and how often each number of days occurred."""

    good: int = 0
    of: int = 0
    workdays: Counter[int] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def add(self, mark: Mark) -> None:
        """Count one mark."""
        self.of += 1
        self.good += mark.counts
        if mark.days is not None:
            self.workdays[mark.days[0]] += 1
            self.days[mark.days[1]] += 1

    def join(self, other: Cell) -> None:
        """Add another cell's counts to these."""
        self.of, self.good = self.of + other.of, self.good + other.good
        self.workdays.update(other.workdays)
        self.days.update(other.days)

    @property
    def rate(self) -> float | None:
        """The share in percent, unrounded; ``None`` where there is nothing to divide by."""
        return 100 * self.good / self.of if self.of else None


def average(found: Counter[int]) -> float | None:
    """The mean of counted days."""
    number = found.total()
    return sum(days * times for days, times in found.items()) / number if number else None


def p90(found: Counter[int]) -> int | None:
    """The smallest number of days within which nine tenths were done (nearest rank)."""
    wanted, reached = -(-found.total() * 9 // 10), 0
    for days in sorted(found):
        reached += found[days]
        if reached >= wanted:
            return days
    return None


@dataclass(slots=True)
class Tally:
    """The cells of some months, by (month, figure) and therein by (section, track)."""

    months: Sequence[Month]
    cells: dict[tuple[str, str], dict[tuple[str, str], Cell]] = field(default_factory=dict)

    def add(self, month: str, figure: str, mark: Mark) -> None:
        """Count one mark where it belongs."""
        places, place = self.cells.setdefault((month, figure), {}), (mark.section, mark.track)
        cell = places.get(place)
        if cell is None:
            cell = places[place] = Cell()
        cell.add(mark)

    def cell(self, figure: str, month: Month, section: str | None = None, track: str | None = None) -> Cell:
        """One figure; ``None`` = of every section, of every track."""
        found = Cell()
        for (of_section, of_track), cell in self.cells.get((month.code, figure), {}).items():
            if section in (None, of_section) and track in (None, of_track):
                found.join(cell)
        return found


@dataclass(frozen=True, slots=True)
class Item:
    """One mark with its case: a line of the list behind a figure."""

    case_id: int
    number: str
    month: Month
    figure: Figure
    mark: Mark


def items(session: Session, core: Core, months: Sequence[Month], now: datetime, own: str | None) -> Iterator[Item]:
    """Stream every mark of the months (an unbroken run, same cut-off), by case; ``own`` narrows to one section."""
    run, calendar, figures = sorted(months), core.calendar(), tuple(FIGURES.values())
    starts, end = [month.start for month in run], run[-1].end
    for history in histories(session, starts[0], end):
        for deed in deeds(history.events, now):
            if (own is not None and deed.section != own) or not starts[0] <= deed.at < end:
                continue
            month = run[bisect_right(starts, deed.at) - 1]
            for figure in figures:
                mark = figure.make(deed, calendar)
                if mark is not None:
                    yield Item(history.case_id, history.number, month, figure, mark)


def tally(session: Session, core: Core, months: Sequence[Month], now: datetime, own: str | None = None) -> Tally:
    """Count every figure over the months, as of ``now``; ``own`` counts one section only (its head's view)."""
    found = Tally(months)
    for item in items(session, core, months, now, own):
        found.add(item.month.code, item.figure.code, item.mark)
    return found


@dataclass(frozen=True, slots=True)
class Behind:
    """Which cases are asked for: those of a figure's numerator (``good``), the rest (``rest``) or all (``of``)."""

    figure: str
    part: str = "of"
    section: str | None = None
    track: str | None = None

    def fits(self, item: Item) -> bool:
        """Whether the item is one of them."""
        mark = item.mark
        wanted = {"good": mark.counts, "rest": not mark.counts}.get(self.part, True)
        place = self.section in (None, mark.section) and self.track in (None, mark.track)
        return wanted and place and item.figure.code == self.figure


def cases_behind(
    session: Session, core: Core, month: Month, behind: Behind, now: datetime, own: str | None = None
) -> list[int]:
    """The ids of the cases behind a number, once for each time that the number counts them."""
    return [item.case_id for item in items(session, core, [month], now, own) if behind.fits(item)]
