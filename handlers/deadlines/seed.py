"""The days a calendar starts with: official years from ``chinesecalendar``, later ones from the statutory holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from handlers.deadlines.workdays import SpecialDay, WorkCalendar

# Far enough that no limit of the table can run out of the calendar before somebody loads a notice.
PROVISIONAL_UNTIL: Final = 2040

# 国务院办公厅 notices, by the year they arrange; earlier years: number not ascertained, left empty.
NOTICES: Final[dict[int, str]] = {
    2014: "国办发明电〔2013〕28号",
    2015: "国办发明电〔2014〕28号",
    2016: "国办发明电〔2015〕18号",
    2017: "国办发明电〔2016〕17号",
    2018: "国办发明电〔2017〕12号",
    2019: "国办发明电〔2018〕15号、〔2019〕3号",
    2020: "国办发明电〔2019〕16号、〔2020〕1号",
    2021: "国办发明电〔2020〕27号",
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
PROVISIONAL_SOURCE: Final = "全国年节及纪念日放假办法"

# Known to be missing from ``chinesecalendar``: 国办发明电〔2005〕35号 has this Saturday worked (``holidays`` has it).
_ERRATA: Final = (SpecialDay(date(2005, 12, 31), working=True, name="调休上班", source="国办发明电〔2005〕35号"),)

_NAMES: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def official_days() -> Iterator[SpecialDay]:
    """Yield the special days of every year that ``chinesecalendar`` knows (2004–2026 in its 1.11)."""
    from chinese_calendar import constants

    for day, name in constants.holidays.items():
        yield SpecialDay(day, working=False, name=_NAMES.get(name, name), source=NOTICES.get(day.year, ""))
    for day in constants.workdays:
        yield SpecialDay(day, working=True, name="调休上班", source=NOTICES.get(day.year, ""))
    yield from (special for special in _ERRATA if special.day not in constants.workdays)


def provisional_days(first_year: int, last_year: int) -> Iterator[SpecialDay]:
    """Yield the statutory holidays of years whose notice is missing (weekends follow from the weekday).

    Only what the law itself gives is known: the holidays and the day off for one that falls on a weekend
    (全国年节及纪念日放假办法); no 调休 is guessed.
    """
    from holidays import country_holidays

    if first_year > last_year:
        return
    table = country_holidays("CN", years=range(first_year, last_year + 1), language="zh_CN")
    for day, name in table.items():
        if first_year <= day.year <= last_year:
            yield SpecialDay(day, working=False, name=_plain(name), source=PROVISIONAL_SOURCE, provisional=True)


def statutory_days(year: int) -> dict[date, str]:
    """Return the days off that the law itself gives in ``year`` (13 since 2025), by date: {2027-01-01: 元旦, …}.

    Two that fall on one day are named together (中秋节、国庆节). Source: 全国年节及纪念日放假办法, article 2.
    """
    from holidays import country_holidays

    table = country_holidays("CN", years=year, language="zh_CN", observed=False)
    return {day: _plain(name) for day, name in sorted(table.items()) if day.year == year and "调休" not in name}


def _plain(name: str) -> str:
    return name.replace("; ", "、").replace("农历除夕", "除夕")


def seed_days(until: int = PROVISIONAL_UNTIL) -> list[SpecialDay]:
    """Return every special day to start with, in order: official years, then provisional ones up to ``until``."""
    official = list(official_days())
    last_official = max(special.day.year for special in official)
    return sorted([*official, *provisional_days(last_official + 1, until)], key=_day)


def _day(special: SpecialDay) -> date:
    return special.day


@lru_cache(maxsize=1)
def seed_calendar() -> WorkCalendar:
    """Return the calendar of :func:`seed_days`: for tools and tests that have no database."""
    return WorkCalendar(seed_days())
