"""Dates: days that do not exist, weekdays that do not fit, deadlines that have passed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from handlers.writing.calendar_words import WEEKDAYS, Written, month_ends, written_dates
from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon
from handlers.writing.sentences import clause_at

_BEFORE: Final = re.compile(
    r"(?:之)?前(?=[^,。;!?的]{0,16}(?:答复|回复|办结|告知|发放|补发|到账|反馈|通知[您你])(?!的))"
)
#: What has been done by the date that follows.
_DONE: Final = re.compile(r"已(?:经)?[于在]?$")
_TIME: Final = re.compile(r"(?<![0-9:.])([0-9]{1,2}):([0-9]{2})(?![0-9])")


def check_dates(text: str, context: Context) -> Iterator[Finding]:
    """Yield what is wrong with dates and times of day."""
    for written in written_dates(text, context.issued_on):
        yield from _one(text, written, context)
    for written in month_ends(text, context.issued_on):
        yield from _past(text, written, context)
    for found in _TIME.finditer(text):
        if int(found[1]) > 24 or int(found[2]) > 59:
            yield Finding("date", found.start(), found.end(), found[0], f"没有“{found[0]}”这个时刻，请核对。")


def _one(text: str, written: Written, context: Context) -> Iterator[Finding]:
    at = written.day
    if at is None:
        yield _finding(written, f"没有“{written.words}”这一天，请核对日期。", "exists")
        return
    if written.weekday is not None and written.weekday not in _weekdays(written, at, context):
        told = f"{at.year}年{at.month}月{at.day}日是星期{WEEKDAYS[at.weekday()]}"
        yield _finding(written, f"{told}，和“{written.words}”对不上，请核对是日期错了还是星期错了。", "weekday")
        return
    yield from _past(text, written, context)


def _weekdays(written: Written, at: date, context: Context) -> set[int]:
    """The weekdays that fit: of the year that is written, else of the nearest day and of this year's."""
    days = {at} if written.sure else {at, _in_year(at, context.issued_on.year)}
    return {day.weekday() for day in days}


def _in_year(at: date, year: int) -> date:
    try:
        return at.replace(year=year)
    except ValueError:  # 29 February
        return at


def _past(text: str, written: Written, context: Context) -> Iterator[Finding]:
    if written.day is None or written.day >= context.issued_on:
        is_ahead = written.day is not None and written.day > context.issued_on
        if is_ahead and _DONE.search(text[max(0, written.start - 6) : written.start]):
            yield _finding(written, f"“{written.words}”还没有到，却说已经办了，请核对日期。", "future")
        return
    clause = clause_at(text, written.start)
    ahead, behind = text[clause.start : written.start], text[written.end : clause.end]
    is_deadline = lexicon().of("date", "coming").search(ahead[-10:]) or _BEFORE.match(behind)
    if is_deadline and not lexicon().of("date", "back").search(ahead + behind):
        yield _finding(written, f"“{written.words}”已经过去了，不能作为期限，请写一个还没到的日期。", "past")


def _finding(written: Written, advice: str, about: str) -> Finding:
    return Finding("date", written.start, written.end, written.words, advice, about)
