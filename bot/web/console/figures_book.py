"""The figures as an Excel workbook: the month, sections, tracks, twelve months, the single cases, the definitions."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from typing import IO, Final

from openpyxl import Workbook
from sqlalchemy.orm import Session

from bot.web.console import figures_view as view
from bot.web.console.sheets import PERCENT, Formatted, Sheet, Value
from bot.web.formats import local, long_moment
from handlers.core import Core
from handlers.reports.catalogue import FIGURES
from handlers.reports.period import Month
from handlers.reports.tally import Cell, Item, Tally, average, items, p90
from handlers.taxonomy import TRACKS

_MOST_LINES: Final = 1_000_000  # Excel's own limit is 1,048,576
_FIGURES: Final = [
    *((heading, 12) for figure in FIGURES.values() if not figure.in_days
      for heading in (figure.name, f"{figure.good}（{figure.name}）", f"{figure.of}（{figure.name}）")),
    ("平均工作日", 12), ("九成在几个工作日内", 12), ("平均自然日", 12), ("九成在几天内", 12), ("已答复件次", 12),
]  # fmt: skip
_CASES: Final = [
    ("指标", 14), ("受理编号", 18), ("科室", 20), ("办理途径", 14), ("计入日期", 14), ("归类", 14), ("工作日", 8),
    ("自然日", 8),
]  # fmt: skip


def write_book(
    session: Session, core: Core, months: Sequence[Month], now: datetime, own: str | None, by: str
) -> tuple[IO[bytes], int]:
    """Write the workbook of ``months[0]`` (the others are its past) into a file without a name; gives it and its rows.

    One pass over the events: the single cases go to their sheet while the rest is being counted. ``own`` narrows to
    one section; ``by`` is who asked for it, and stands in the file.
    """
    book, month, names = Workbook(write_only=True), months[0], view.section_names(core.profile())
    front = Sheet(book, "总表", [("范围", 24), *_FIGURES])
    sections = Sheet(book, "按科室", [("科室", 24), *_FIGURES])
    tracks = Sheet(book, "按办理途径", [("办理途径", 16), *_FIGURES])
    past = Sheet(book, "按月", [("月份", 14), *_FIGURES])
    cases = Sheet(book, "件次明细", _CASES)
    found = Tally(months)
    for item in items(session, core, months, now, own):
        found.add(item.month.code, item.figure.code, item.mark)
        if item.month == month and cases.rows < _MOST_LINES:
            cases.add(_case(item, names))
    whole = names.get(own, own) if own is not None else core.profile().name
    front.add([whole, *_figures(found, month)])
    for code in view.sections_in(found, month, names):
        sections.add([names.get(code, code), *_figures(found, month, section=code)])
    for code in view.tracks_in(found, month):
        tracks.add([TRACKS.get(code, code), *_figures(found, month, track=code)])
    for one in sorted(months, reverse=True):
        past.add([one.name, *_figures(found, one)])
    _explain(book, core, month, now, whole, by, cut=cases.rows >= _MOST_LINES)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    book.save(file)
    file.seek(0)
    return file, sum(sheet.rows for sheet in (front, sections, tracks, past, cases))


def _figures(
    found: Tally, month: Month, section: str | None = None, track: str | None = None
) -> list[Value | Formatted]:
    row: list[Value | Formatted] = []
    for code, figure in FIGURES.items():
        if not figure.in_days:
            cell = found.cell(code, month, section, track)
            row += [(cell.good / cell.of if cell.of else None, PERCENT), cell.good, cell.of]
    return row + _days(found.cell("days", month, section, track))


def _days(cell: Cell) -> list[Value | Formatted]:
    return [
        (average(cell.workdays), "0.0"), p90(cell.workdays), (average(cell.days), "0.0"), p90(cell.days), cell.of,
    ]  # fmt: skip


def _case(item: Item, names: dict[str, str]) -> list[Value | Formatted]:
    mark, figure = item.mark, item.figure
    return [
        figure.name,
        item.number,
        names.get(mark.section, mark.section),
        TRACKS.get(mark.track, mark.track),
        local(mark.at).date().isoformat(),
        figure.good if mark.counts else figure.rest,
        *(mark.days or (None, None)),
    ]


def _explain(book: Workbook, core: Core, month: Month, now: datetime, whole: str, by: str, *, cut: bool) -> None:
    sheet = Sheet(book, "口径说明", [("项目", 16), ("说明", 80), ("来源", 50)], wrapped=True)
    sheet.add(["范围", f"{core.profile().name}，{whole}", ""])
    sheet.add(["月份", f"{month.name}（{month.span}）", ""])
    sheet.add(["导出", f"{by} 于 {long_moment(now)}", ""])
    for figure in FIGURES.values():
        sheet.add([figure.name, figure.meaning, figure.source])
    for name, text in view.NOTES:
        sheet.add([name, text, ""])
    if cut:
        sheet.add(["件次明细", f"超过 {_MOST_LINES} 行，只列到这里为止。", ""])
