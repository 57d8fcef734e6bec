"""Reads a year's holiday notice (放假通知) written as a simple table, and says everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from handlers.deadlines.seed import statutory_days
from handlers.deadlines.workdays import SpecialDay, weekday_name
from handlers.errors import CalendarFault, InvalidInput

_DAY: Final = timedelta(days=1)
_DATE: Final = re.compile(
    r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?(?:[（(](?:周|星期)([一二三四五六日天])[）)])?"
)
_BREAKS: Final = re.compile(r"[\s,，;；|]+")
_NUMBER: Final = re.compile(r"\S.*[〔\[(（]\d{4}[〕\])）].*\d+\s*号")
_OFF: Final = frozenset({"休", "放假", "休息"})
_ON: Final = frozenset({"班", "上班"})
_EARLY: Final = (12, 20)  # a notice may arrange the last days of the December before (2018年12月29日)
_ONE_HOLIDAY: Final = timedelta(days=15)  # rest days of one name this near to each other are one holiday
_SATURDAY: Final = 5
_MOST_SHOWN: Final = 8
_LONGEST_NAME, _LONGEST_NUMBER = 60, 100


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's arrangement as it was read: its document number and its days in order, none of them provisional."""

    year: int
    number: str
    days: tuple[SpecialDay, ...]

    @property
    def advice(self) -> tuple[str, ...]:
        """What is unusual but possible, for a person to look at before loading."""
        owed = sum(name.count("、") + 1 for name in statutory_days(self.year).values())
        rest = sum(not d.working and d.day.weekday() < _SATURDAY for d in self.days)
        given = rest - sum(d.working for d in self.days)
        if given == owed:
            return ()
        return (
            f"放假占用的工作日减去调休上班日应为 {owed} 天（法定节日的天数），表中是 {given} 天："
            "请核对是否漏了或多了一天。确实如此的（例如临时增加放假）可以载入。",
        )


def read_notice(text: str, year: int, number: str, today: date) -> Notice:
    """Read a table of ``date, 休/班, name`` lines (tabs, commas or blanks between; a heading line is skipped).

    Raises :class:`InvalidInput` for the year or the number, :class:`CalendarFault` naming what is wrong in the table.
    """
    check_year(year, today)
    number = " ".join(number.split())
    if not _NUMBER.fullmatch(number) or len(number) > _LONGEST_NUMBER:
        raise InvalidInput("请填写放假通知的文号，如 国办发明电〔2025〕7号。", field="number")
    faults: list[str] = []
    days = list(_rows(text, year, number, faults))
    if not days and not faults:
        faults.append("表是空的：每行写日期、休或班、名称，如 2027-01-01 休 元旦")
    days, doubled = _once(days)
    faults += doubled
    if not faults:
        faults = [*_missing_statutory(days, year), *_gaps(days)]
    if faults:
        more = f"；还有 {len(faults) - _MOST_SHOWN} 处" if len(faults) > _MOST_SHOWN else ""
        raise CalendarFault("；".join(faults[:_MOST_SHOWN]) + more + "。什么都没有改，请改正后再试。")
    return Notice(year, number, tuple(days))


def check_year(year: int, today: date) -> None:
    """Refuse a year that is past, or whose notice cannot be out yet."""
    if year < today.year:
        raise InvalidInput(f"{year} 年已经过去，它的工作日不能再改。", field="year")
    if year > today.year + 1:
        raise InvalidInput(f"{year} 年的放假通知还没有发布，现在只能载入 {today.year} 和 {today.year + 1} 年。", "year")


def _rows(text: str, year: int, number: str, faults: list[str]) -> Iterator[SpecialDay]:
    for at, line in enumerate(text.replace("\ufeff", "").splitlines(), 1):
        cells = [cell for cell in _BREAKS.split(line.strip().replace('"', "")) if cell]
        if not cells or (at == 1 and not any(c.isdigit() for c in cells[0])):
            continue
        try:
            yield _row(cells, year, number)
        except ValueError as fault:
            faults.append(f"第 {at} 行：{fault}")


def _row(cells: Sequence[str], year: int, number: str) -> SpecialDay:
    day = _day(cells[0], year)
    word, name = cells[1] if len(cells) > 1 else "", " ".join(cells[2:])
    if word not in _OFF | _ON:
        raise ValueError(f"{day} 后面应写“休”或“班”" + (f"，现在是“{word[:10]}”" if word else ""))
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"{day} 的名称太长，最多 {_LONGEST_NAME} 个字")
    if word in _OFF:
        if not name:
            raise ValueError(f"{day} 没有写节日名称")
        return SpecialDay(day, working=False, name=name, source=number)
    if day.weekday() < _SATURDAY:
        raise ValueError(f"{day} 是{weekday_name(day)}，本来就上班；“班”只用于调休上班的周末")
    return SpecialDay(day, working=True, name="调休上班", source=number)


def _day(text: str, year: int) -> date:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text[:20]}”不是日期，请写成 {year}-01-01")
    try:
        day = date(int(found[1] or year), int(found[2]), int(found[3]))
    except ValueError:
        raise ValueError(f"没有“{text[:20]}”这一天") from None
    if day.year != year and not (day.year == year - 1 and (day.month, day.day) >= _EARLY):
        raise ValueError(f"{day} 不在 {year} 年")
    if found[4] and weekday_name(day)[1] != found[4].replace("天", "日"):
        raise ValueError(f"{day} 是{weekday_name(day)}，不是周{found[4]}")
    return day


def _once(days: Iterable[SpecialDay]) -> tuple[list[SpecialDay], list[str]]:
    seen: dict[date, SpecialDay] = {}
    faults = []
    for special in days:
        other = seen.setdefault(special.day, special)
        if other is not special:
            faults.append(f"{special.day} {'写了两次' if other.working == special.working else '又休又班'}")
    return [seen[day] for day in sorted(seen)], faults


def _missing_statutory(days: Sequence[SpecialDay], year: int) -> list[str]:
    off = {special.day for special in days if not special.working}
    return [f"缺少 {day}（{name}）" for day, name in statutory_days(year).items() if day not in off]


def _gaps(days: Sequence[SpecialDay]) -> list[str]:
    """A notice names every day of a holiday, weekends too: a hole in one is a line that was lost."""
    given, last, faults = {special.day for special in days}, dict[str, date](), []
    for special in days:
        if special.working:
            continue
        before = last.get(special.name)
        if before is not None and special.day - before <= _ONE_HOLIDAY:
            between = (before + _DAY * n for n in range(1, (special.day - before).days))
            faults += [f"{special.name}中间缺少 {day}" for day in between if day not in given]
        last[special.name] = special.day
    return faults
