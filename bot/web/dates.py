"""Dates as people type them and platforms send them, held to years that a calendar can count on from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, TypeVar

from bot.web.formats import SHANGHAI
from bot.web.forms import Posted
from handlers.errors import InvalidInput

FIRST_YEAR: Final = 2005
LAST_YEAR: Final = 2039
_Moment = TypeVar("_Moment", date | None, datetime | None)


def in_reach(day: date) -> bool:
    """Whether a date can be meant: the working calendar (2004 to 2040) must hold it and every limit counted from it."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def typed_day(form: Posted, name: str) -> date | None:
    """Return a date field, ``None`` when it is empty. Raises InvalidInput (the field is ``name``)."""
    text = form.text(name)
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("日期请写成 2026-11-25 的样子。", name) from None
    return _checked(found, name)


def typed_instant(form: Posted, name: str) -> datetime | None:
    """Return a date-and-time field (Shanghai) as an aware instant, ``None`` when empty. Raises InvalidInput."""
    text = form.text(name)
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) if text else None
    except ValueError:
        raise InvalidInput("时间请写成 2026-11-25 09:30 的样子。", name) from None
    return _checked(found, name)


def _checked(found: _Moment, name: str) -> _Moment:
    if found is not None and not in_reach(found):
        raise InvalidInput("年份好像写错了，请检查。", name)
    return found
