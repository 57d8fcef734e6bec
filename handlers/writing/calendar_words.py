"""Dates and spans of time as people write them in a reply, read to days of the calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WEEKDAYS: Final = "一二三四五六日"
_DIGITS: Final = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_NUMBER: Final = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_WEEK: Final = r"(?:星期|周|礼拜)([一二三四五六日天末])"
_DATE: Final = re.compile(
    rf"(?:(?P<year>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}})年|(?P<rel>今年|明年|去年|本年))?"
    rf"(?P<month>{_NUMBER})月(?P<day>{_NUMBER})[日号](?!线|楼|院|窗)"
    rf"|(?<![0-9./-])(?P<y2>20[0-9]{{2}})(?P<sep>[-/.])(?P<m2>[0-9]{{1,2}})(?P=sep)(?P<d2>[0-9]{{1,2}})(?![0-9-])"
)
_WEEK_AFTER: Final = re.compile(rf"\s*[(,]?\s*(?:本|下|上|这)?{_WEEK}(?!至|到|[-—~])")
_WEEK_BEFORE: Final = re.compile(rf"(?<!至)(?<!到)(?<![-—~]){_WEEK}\s*[(,]?\s*$")
_MONTH_PART: Final = re.compile(
    r"(?:(?P<year>[0-9]{4})年|(?P<rel>今年|明年|去年|本年))?(?P<month>[0-9]{1,2})月(?P<part>底|末|上旬|中旬|下旬)"
)
_SPAN: Final = re.compile(
    r"(?P<n>[0-9]{1,3}|[一二两三四五六七八九十半]{1,3})个?(?P<unit>工作日|日|天|周|星期|月|年|季度)(?:之内|以内|内|后)"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date where it stands. ``day`` is ``None`` when there is no such day; ``sure`` when its year is written.

    ``weekday`` is 0 (一) to 6 (日), ``None`` when none stands beside it.
    """

    start: int
    end: int
    words: str
    day: date | None
    sure: bool
    weekday: int | None = None


def number_of(words: str) -> int:
    """Return the number that digits or 一…九十九 say (0 when they say none)."""
    if words.isascii() and words.isdigit():
        return int(words)
    tens, mark, ones = words.partition("十")
    if not mark:
        return int("".join(str(_DIGITS.get(c, 0)) for c in words) or 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def written_dates(text: str, today: date) -> Iterator[Written]:
    """Yield every full date of a text; a year not written is the one nearest to ``today``."""
    for found in _DATE.finditer(text):
        year, month, day = _parts(found, today)
        start, end, weekday = found.start(), found.end(), None
        behind, ahead = _WEEK_AFTER.match(text, end), _WEEK_BEFORE.search(text, max(0, start - 6), start)
        if behind and behind[1] != "末":
            weekday, end = _weekday(behind[1]), behind.end()
        elif ahead and ahead[1] != "末":
            weekday, start = _weekday(ahead[1]), ahead.start()
        at = _nearest(month, day, today) if year is None else _day(year, month, day)
        yield Written(start, end, text[start:end], at, year is not None, weekday)


def month_ends(text: str, today: date) -> Iterator[Written]:
    """Yield 10月底, 12月中旬 and the like as their last day."""
    for found in _MONTH_PART.finditer(text):
        month = int(found["month"])
        last = {"上旬": 10, "中旬": 20}.get(found["part"], 0)
        if not 1 <= month <= 12:
            continue
        year = _year(found["year"], found["rel"], today)
        years = [year] if year else [today.year - 1, today.year, today.year + 1]
        days = [_last_day(y, month) if not last else date(y, month, last) for y in years]
        yield Written(found.start(), found.end(), found[0], min(days, key=lambda d: abs(d - today)), bool(year))


def spans(text: str, today: date) -> Iterator[Written]:
    """Yield 30个工作日内, 两周内 and the like as the day on which they end; working days without holidays, so early."""
    for found in _SPAN.finditer(text):
        yield Written(found.start(), found.end(), found[0], _after(today, found["n"], found["unit"]), True)


def _parts(found: re.Match[str], today: date) -> tuple[int | None, int, int]:
    if found["y2"]:
        return int(found["y2"]), int(found["m2"]), int(found["d2"])
    return _year(found["year"], found["rel"], today), number_of(found["month"]), number_of(found["day"])


def _year(words: str | None, relative: str | None, today: date) -> int | None:
    if words:
        return number_of(words)
    return today.year + {"明年": 1, "去年": -1}.get(relative, 0) if relative else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date) -> date | None:
    years = (today.year - 1, today.year, today.year + 1)
    days = [at for at in (_day(year, month, day) for year in years) if at]
    return min(days, key=lambda at: abs(at - today), default=None)


def _weekday(word: str) -> int:
    return WEEKDAYS.index("日" if word == "天" else word)


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _after(today: date, number: str, unit: str) -> date:
    half = number == "半"
    count = 0 if half else number_of(number)
    if unit == "工作日":
        day = today
        for _ in range(count):
            day += timedelta(days=3 if day.weekday() == 4 else 2 if day.weekday() == 5 else 1)
        return day
    days = {"日": 1, "天": 1, "周": 7, "星期": 7, "月": 30, "季度": 90, "年": 365}[unit]
    return today + timedelta(days=days // 2 if half else days * count)
