"""Writes docs/time-limits.md: how time is counted, and each rule counted out across two holidays of 2026.

`make time-limits` writes it; a test compares, so that it cannot drift from what the product counts.
"""

# ruff: noqa: E501 - the rows of the page's table are one line each

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from handlers.deadlines.counting import Pause, add_months
from handlers.deadlines.explain import Explanation, explain
from handlers.deadlines.limits import Rule, load_limits
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import SHANGHAI

PAGE: Final = Path(__file__).parents[3] / "docs" / "time-limits.md"
CERTAINTY: Final = {
    "P": "P, read in the document's own text",
    "S": "S, seen in secondary public pages",
    "M": "M, **to be confirmed by the bureau** (shown as 待核实)",
    "house": "house rule, never shown as law",
}
#: A holiday of 2026: its name, a day in it, the last morning before it, and a working day a week or so before it.
HOLIDAYS: Final = (
    ("National Day 2026", date(2026, 10, 3), date(2026, 9, 30), date(2026, 9, 21)),
    ("Spring Festival 2026", date(2026, 2, 17), date(2026, 2, 14), date(2026, 2, 9)),
)
_SHORT: Final = 9  # limits of so few working days start just so far before the holiday that they cross it

HEAD: Final = """# Time limits

Every limit that the product knows, and each counted out across National Day and Spring Festival 2026. The table itself
is `handlers/deadlines/limits.toml`; this page is written from it by `make time-limits`, and a test compares the two.

## How time is counted

| unit | rule | source |
|---|---|---|
| D, day | the starting day is not counted; a last day on a holiday or rest day moves to the next working day; it ends at 24:00 | 民法典 201, 203 |
| WD, working day | day 1 is the first working day after the start; weekends that are worked (调休上班) count, holidays do not | 行政许可法 82 |
| M, month | the same date so many months on; where there is none, that month's last day; then as for days | 民法典 202 |
| H, hour | runs on from the moment, through nights and holidays | 民法典 201 |
| WH, working hour | runs in office hours only (8:30–12:00 and 14:30–17:30 unless the bureau says otherwise) | house rule |
| fixed date | a day of the year; it does not move | the rule itself |

- **Two dates.** `legal_due` is the last day by the rule, moved on as above. `safe_due` is the last working day on or before
  the day before it moved, at the close of business. Yellow and orange warnings run from `safe_due`; red, 已超期 and the
  on-time figures from `legal_due`.
- **A pause** takes its days, both ends included, out of the count. **An extension** counts on from the old last day
  before it moved, and the result is moved then. Where the product says "last day", it is kept as the exclusive end: the
  next midnight in Shanghai.
- **The calendar** is a table of days, filled from the State Council's yearly notices. A year without its notice is
  counted by weekends and statutory holidays only, and what ends in it is *provisional* (暂定). The admin loads a
  notice in the console (管理 › 工作日历): paste or upload one line a day, `date 休 name` or `date 班`, look at what moves,
  then load. Every open clock is counted anew, and each change is an event of its case. A table with a statutory day
  missing, a hole in a holiday, 休 and 班 on one day, a date that does not exist, or a year that is past is refused
  whole. Every night all open clocks are compared with the calendar once more.
- **Two libraries.** The days come from `chinesecalendar`; the tests count them again with `holidays`. From 2004 to 2026
  they differ on one day: 31 December 2005, a Saturday. 国办发明电〔2005〕35号 has it worked; `holidays` is right and the
  calendar that ships follows it. Neither knows the 调休 of a year whose notice is not out.

2026: 1–3 January off, Sunday 4 January worked · 15–23 February off, Saturdays 14 and 28 February worked · 4–6 April off ·
1–5 May off, Saturday 9 May worked · 19–21 June off · 25–27 September off · 1–7 October off, Sunday 20 September and
Saturday 10 October worked (国办发明电〔2025〕7号).

## The rules
"""


def page() -> str:
    """Return the whole page."""
    sections = ["\n".join(_section(rule)) for rule in load_limits().rules.values()]
    return "\n".join([HEAD, *sections]).rstrip() + "\n"


def _section(rule: Rule) -> Iterator[str]:
    yield f"### {rule.code} {rule.name}: {rule.length_words}"
    yield ""
    yield f"{rule.act}。{rule.trigger_name}起算。{rule.source}（{CERTAINTY[rule.certainty]}）。" + (
        f"{rule.note}。" if rule.note else ""
    )
    yield ""
    yield "| across | from | last day | on the safe side | the count |"
    yield "|---|---|---|---|---|"
    for name, inside, eve, before in HOLIDAYS:
        yield _row(name, rule, _start(rule, inside, eve, before))
    if rule.extension:
        name, inside, eve, before = HOLIDAYS[0]
        words = f"{name}, extended by {rule.extension.length} ({rule.extension.code})"
        yield _row(words, rule, _start(rule, inside, eve, before), extend=rule.extension.length)
    if rule.pauses:
        name, inside, eve, before = HOLIDAYS[0]
        pause = (date(2026, 9, 24), date(2026, 10, 12))
        words = f"{name}, paused from 24 September to 12 October"
        yield _row(words, rule, _start(rule, inside, eve, before), pauses=[pause])
    yield ""


def _start(rule: Rule, inside: date, eve: date, before: date) -> datetime:
    """A start whose count crosses the holiday, or would end in it."""
    if rule.unit == "D":
        day = inside - timedelta(days=rule.length)
    elif rule.unit == "M":
        day = add_months(inside, -rule.length)
    elif rule.unit == "WD":
        day = before if rule.length > _SHORT else seed_calendar().add_workdays(inside, -1 - rule.length // 2)
    else:
        day = eve
    clock = {"H": time(23, 30), "WH": time(16, 0)}.get(rule.unit, time(10, 30))
    return datetime.combine(day, clock, SHANGHAI)


def _row(name: str, rule: Rule, start: datetime, pauses: Sequence[Pause] = (), extend: int = 0) -> str:
    explained = explain(rule, start, seed_calendar(), pauses=pauses, extend=extend)
    legal, safe = _ends(explained)
    shown = f"{start:%Y-%m-%d %H:%M}" if rule.in_hours else f"{start:%Y-%m-%d}"
    mark = " (provisional)" if explained.due.provisional else ""
    return f"| {name} | {shown} | **{legal}**{mark} | {safe} | {explained.sentence} |"


def _ends(explained: Explanation) -> tuple[str, str]:
    due = explained.due
    if due.in_hours:
        end = f"{due.legal_due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        return end, end
    return due.legal_day.isoformat(), due.safe_day.isoformat()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
