"""Explains a due date day by day: which days count, which do not, and why, in plain Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from handlers.deadlines.counting import DEFAULT_HOURS, Due, Pause, due, merge_pauses, nth_month
from handlers.deadlines.limits import UNIT_NAMES, Rule
from handlers.deadlines.workdays import WorkCalendar, weekday_name
from handlers.deadlines.worktime import SHANGHAI, at_local, end_of_day, local_day, worked_until
from handlers.organisation.profile import WorkingHours

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day of the count. ``n`` is which unit of the limit it is (hours passed, for limits in hours)."""

    day: date
    counts: bool
    n: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due date with the days that make it."""

    rule: Rule
    due: Due
    days: tuple[DayCount, ...]

    @property
    def sentence(self) -> str:
        """The count as one sentence, equal neighbours drawn together."""
        return sentence(self.rule, self.days)


def explain(
    rule: Rule,
    start: datetime,
    calendar: WorkCalendar,
    hours: WorkingHours = DEFAULT_HOURS,
    pauses: Sequence[Pause] = (),
    extend: int = 0,
) -> Explanation:
    """Return the due date of :func:`handlers.deadlines.counting.due` with its days; same arguments, same faults."""
    result = due(rule, start, calendar, hours, pauses, extend)
    gaps = merge_pauses(pauses)
    if rule.unit in ("H", "WH"):
        days = _hours(rule, start, result, calendar, hours, gaps)
    elif rule.unit == "DATE":
        days = [DayCount(result.unrolled, True, 1, f"每年{rule.length_words}")]
    else:
        counted = _months if rule.unit == "M" else _counted
        days = [*counted(rule, local_day(start), result, calendar, gaps, extend), *_rolled(result, calendar)]
    return Explanation(rule, result, tuple(days))


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _paused(day: date, pauses: Sequence[Pause]) -> bool:
    return any(first <= day <= last for first, last in pauses)


def _reason(day: date, calendar: WorkCalendar) -> str:
    return calendar.why(day) + ("（暂定）" if calendar.is_provisional(day) else "")


def _counted(
    rule: Rule, start: date, result: Due, calendar: WorkCalendar, pauses: Sequence[Pause], extend: int
) -> list[DayCount]:
    days, n = [DayCount(start, False, None, "起算当日，不计")], 0
    for day in _span(start + _DAY, result.unrolled):
        reason = _reason(day, calendar)
        if _paused(day, pauses):
            days.append(DayCount(day, False, None, "暂停，不计"))
        elif rule.unit == "WD" and not calendar.is_workday(day):
            days.append(DayCount(day, False, None, reason))
        else:
            n += 1
            extended = "，延长" if n > rule.length else ""
            days.append(DayCount(day, True, n, (reason if rule.unit == "WD" else "连续计日") + extended))
    return days


def _months(
    rule: Rule, start: date, result: Due, calendar: WorkCalendar, pauses: Sequence[Pause], extend: int
) -> list[DayCount]:
    ordinary = nth_month(start, rule.length, pauses)
    marks = [DayCount(nth_month(start, n, pauses), True, n, f"满{n}个月") for n in range(1, rule.length + 1)]
    marks += [
        DayCount(nth_month(ordinary, n, pauses), True, rule.length + n, f"延长满{n}个月") for n in range(1, extend + 1)
    ]
    gaps = [DayCount(d, False, None, "暂停，不计") for d in _span(start + _DAY, result.unrolled) if _paused(d, pauses)]
    head = DayCount(start, False, None, "起算当日，不计")
    return [head, *sorted([*marks, *gaps], key=lambda entry: entry.day)]


def _rolled(result: Due, calendar: WorkCalendar) -> list[DayCount]:
    if result.legal_day == result.unrolled:
        return []
    between = _span(result.unrolled + _DAY, result.legal_day - _DAY)
    moved = [DayCount(day, False, None, f"{_reason(day, calendar)}，顺延") for day in between]
    why = f"末日遇{_reason(result.unrolled, calendar)}，顺延至此"
    return [*moved, DayCount(result.legal_day, False, None, why)]


def _hours(
    rule: Rule, start: datetime, result: Due, calendar: WorkCalendar, hours: WorkingHours, pauses: Sequence[Pause]
) -> list[DayCount]:
    days, passed = [], 0.0
    for day in _span(local_day(start), result.legal_day):
        if _paused(day, pauses):
            days.append(DayCount(day, False, None, "暂停，不计"))
            continue
        begin, end = max(start, at_local(day, time.min)), min(result.legal_due, end_of_day(day))
        worked = _worked(begin, end, day, calendar, hours) if rule.unit == "WH" else (end - begin).total_seconds()
        if worked <= 0:
            why = _reason(day, calendar) if not calendar.is_workday(day) else "已过办公时间"
            days.append(DayCount(day, False, None, why))
            continue
        passed += worked / 3600
        why = "办公时间" if rule.unit == "WH" else "连续计时"
        days.append(DayCount(day, True, round(passed, 2), why))
    return days


def _worked(begin: datetime, end: datetime, day: date, calendar: WorkCalendar, hours: WorkingHours) -> float:
    if not calendar.is_workday(day) or end <= begin:
        return 0.0
    local = end.astimezone(SHANGHAI)
    until = worked_until(local.time() if local.date() == day else time.max, hours)
    return until - worked_until(begin.astimezone(SHANGHAI).time(), hours)


def _dates(first: date, last: date) -> str:
    head = f"{first.month}月{first.day}日"
    if first == last:
        return head
    return f"{head}至{last.day}日" if first.month == last.month else f"{head}至{last.month}月{last.day}日"


def sentence(rule: Rule, days: Sequence[DayCount]) -> str:
    """Return the count as one Chinese sentence: 9月28日至30日 第4至第6个工作日；10月1日至7日 国庆节，不计；…"""
    parts = []
    for (counts, why), group in groupby(days, key=lambda entry: (entry.counts, _weekend(entry.why))):
        run = list(group)
        where = _dates(run[0].day, run[-1].day)
        if counts:
            parts.append(f"{where}{_counting_words(rule, run, why)}")
        else:
            tail = "" if why.endswith(("不计", "顺延", "至此")) else "，不计"
            parts.append(f"{where} {why}{tail}")
    return "；".join(parts)


def _weekend(why: str) -> str:
    return "周末" if why in ("周六", "周日") else why


def _counting_words(rule: Rule, run: Sequence[DayCount], why: str) -> str:
    if rule.unit in ("M", "DATE"):
        return f" {why}"
    unit = UNIT_NAMES[rule.unit]
    if rule.in_hours:
        return f" {why}，累计{run[-1].n:g}{unit}"
    which = f"第{run[0].n:g}" if len(run) == 1 else f"第{run[0].n:g}至第{run[-1].n:g}"
    if "调休上班" in why:
        return f"（{weekday_name(run[0].day)}）调休上班，{which}{unit}"
    return f" {which}{unit}" + ("（延长）" if why.endswith("延长") else "")
