"""Counts a time limit: from a rule, a start and the calendar to the last day or instant on which acting is in time.

The starting day is not counted and a last day on a rest day moves on (民法典 201, 203); working days count from the
first one after (行政许可法 82); months end on the same date or the month's last (民法典 202); hours run on.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from handlers.deadlines.limits import Rule
from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import (
    SHANGHAI,
    at_local,
    business_end,
    end_of_day,
    instant_after,
    local_day,
    worked_until,
    working_seconds,
)
from handlers.errors import InvalidInput
from handlers.organisation.profile import WorkingHours

Pause = tuple[date, date]  # inclusive at both ends
_DAY: Final = timedelta(days=1)
_MOST_EXTENDED: Final = 3650  # a slip of the pen, not an extension
DEFAULT_HOURS: Final = WorkingHours()


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends.

    ``legal_day``/``safe_day`` are the last days (local dates) on which acting is in time by law, and on the safe side;
    ``legal_due``/``safe_due`` the same as UTC instants: the exclusive end (next local midnight) and the close of
    business. For limits in hours both instants are the end itself. ``unrolled`` is the last day before it moved.
    """

    unrolled: date
    legal_day: date
    safe_day: date
    legal_due: datetime
    safe_due: datetime
    provisional: bool
    in_hours: bool


def merge_pauses(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return pauses in order, overlapping ones joined; a pause that ends before it starts is refused."""
    merged: list[Pause] = []
    for first, last in sorted(pauses):
        if last < first:
            raise InvalidInput(f"暂停的结束日 {last} 早于开始日 {first}，请改正。", field="pauses")
        if merged and first <= merged[-1][1] + _DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def add_months(day: date, months: int) -> date:
    """Return the same date ``months`` later, or that month's last day where there is none (民法典 202)."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    if day.day <= 28:
        return day.replace(year=year, month=month)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def nth_day(after: date, n: int, pauses: Sequence[Pause]) -> date:
    """Return day ``n`` after ``after``, days in ``pauses`` (merged) not counted."""
    end = after + timedelta(days=n)
    for first, last in pauses:
        if last <= after:
            continue
        if first > end:
            break
        end += timedelta(days=(last - max(first, after + _DAY)).days + 1)
    return end


def nth_workday(after: date, n: int, calendar: WorkCalendar, pauses: Sequence[Pause]) -> date:
    """Return working day ``n`` after ``after``, days in ``pauses`` (merged) not counted."""
    end = calendar.add_workdays(after, n)
    for first, last in pauses:
        if last <= after:
            continue
        if first > end:
            break
        n += calendar.workdays_between(max(first, after + _DAY), last)
        end = calendar.add_workdays(after, n)
    return end


def nth_month(after: date, n: int, pauses: Sequence[Pause]) -> date:
    """Return the date ``n`` months after ``after``, moved on by the days in ``pauses`` (merged)."""
    return nth_day(after, (add_months(after, n) - after).days, pauses)


def add_hours(start: datetime, hours: float, pauses: Sequence[Pause]) -> datetime:
    """Return the UTC instant ``hours`` after ``start``; whole local days in ``pauses`` (merged) do not run."""
    begin = start.astimezone(UTC)
    end = begin + timedelta(hours=hours)
    for first, last in pauses:
        pause_start, pause_end = at_local(first, time.min), end_of_day(last)
        if pause_end <= begin:
            continue
        if pause_start >= end:
            break
        end += pause_end - max(pause_start, begin)
    return end


def add_working_hours(
    start: datetime, hours: float, calendar: WorkCalendar, office: WorkingHours, pauses: Sequence[Pause]
) -> datetime:
    """Return the UTC instant at which ``hours`` working hours have passed since ``start``."""
    local = start.astimezone(SHANGHAI)
    day = local.date()
    counts_today = calendar.is_workday(day) and not any(first <= day <= last for first, last in pauses)
    before = worked_until(local.time(), office) if counts_today else 0.0
    per_day = working_seconds(office)
    whole, rest = divmod(before + hours * 3600, per_day)
    if rest == 0 and whole > 0:
        whole, rest = whole - 1, float(per_day)  # the close of business, not the next morning
    ahead = int(whole) + (0 if counts_today else 1)
    last = nth_workday(day, ahead, calendar, pauses) if ahead else day
    return instant_after(last, rest, office)


def due(
    rule: Rule,
    start: datetime,
    calendar: WorkCalendar,
    hours: WorkingHours = DEFAULT_HOURS,
    pauses: Sequence[Pause] = (),
    extend: int = 0,
) -> Due:
    """Return when ``rule``, started at the aware instant ``start``, is due.

    ``pauses`` are inclusive local dates that do not count; ``extend`` units of the rule are counted on from the
    unrolled last day, then rolled. Whether the rule allows an extension is the clock's matter, not the counter's.
    """
    if start.tzinfo is None:
        raise InvalidInput("起算时间没有时区，请写成 2026-09-21T10:30:00+08:00。", field="start")
    if not 0 <= extend <= _MOST_EXTENDED:
        raise InvalidInput(f"延长应在 0 与 {_MOST_EXTENDED} 之间，现在是 {extend}。", field="extend")
    first = calendar.known(local_day(start))
    gaps = merge_pauses(pauses) if pauses else ()
    if rule.in_hours:
        return _due_instant(rule, start, calendar, hours, gaps, extend)
    unrolled = _last_day(rule, first, calendar, gaps, extend)
    legal = calendar.next_workday_on_or_after(unrolled) if rule.rolls else unrolled
    safe = calendar.last_workday_on_or_before(unrolled)
    return Due(
        unrolled=unrolled,
        legal_day=legal,
        safe_day=safe,
        legal_due=end_of_day(legal),
        safe_due=business_end(safe, hours),
        provisional=_provisional(calendar, first, legal),
        in_hours=False,
    )


def _last_day(rule: Rule, first: date, calendar: WorkCalendar, pauses: Sequence[Pause], extend: int) -> date:
    if rule.unit == "WD":
        return nth_workday(first, rule.length + extend, calendar, pauses)
    if rule.unit == "D":
        return nth_day(first, rule.length + extend, pauses)
    if rule.unit == "M":
        end = nth_month(first, rule.length, pauses)
        return nth_month(end, extend, pauses) if extend else end
    if extend or pauses:
        raise InvalidInput(f"{rule.code} 是固定日期（{rule.length_words}），不能暂停或延长。", field="extend")
    this_year = date(first.year, rule.month, rule.day)
    return this_year if first <= this_year else this_year.replace(year=first.year + 1)


def advance(
    rule: Rule,
    start: datetime,
    share: float,
    calendar: WorkCalendar,
    hours: WorkingHours = DEFAULT_HOURS,
    pauses: Sequence[Pause] = (),
    extend: int = 0,
) -> datetime:
    """Return the UTC instant at which ``share`` (0–1) of a limit counted in hours has passed."""
    units = (rule.length + extend) * share
    if rule.unit == "WH":
        return add_working_hours(start, units, calendar, hours, merge_pauses(pauses))
    return add_hours(start, units, merge_pauses(pauses))


def _due_instant(
    rule: Rule,
    start: datetime,
    calendar: WorkCalendar,
    hours: WorkingHours,
    pauses: Sequence[Pause],
    extend: int,
) -> Due:
    end = advance(rule, start, 1.0, calendar, hours, pauses, extend)
    day = local_day(end)
    provisional = rule.unit == "WH" and _provisional(calendar, local_day(start), day)
    return Due(day, day, day, end, end, provisional, in_hours=True)


def _provisional(calendar: WorkCalendar, first: date, last: date) -> bool:
    return any(calendar.is_provisional(date(year, 1, 1)) for year in range(first.year, last.year + 1))
