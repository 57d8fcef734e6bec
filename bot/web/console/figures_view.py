"""Figures as people read them: numbers in words, tables with their links, the points of a chart. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from handlers.organisation.profile import Profile
from handlers.reports.catalogue import FIGURES, Figure
from handlers.reports.period import Month
from handlers.reports.tally import NO_SECTION, Cell, Tally, average, p90
from handlers.taxonomy import TRACKS

CASES: Final = "/console/figures/cases"
NOBODY: Final = "未定科室"
#: The code of "no section" in addresses, where an empty value means "all".
NO_SECTION_CODE: Final = "-"
#: What holds for all figures, in plain words.
NOTES: Final = (
    ("科室", "按事情发生时件在哪个科室计算：超期算在期限届满时的科室，按时办结算在答复送到时的科室。"),
    ("受限举报", "限制查看的举报不计入任何数字，也不出现在任何清单里，由举报受理人单独掌握。"),
    ("来源", "全部数字只从办理留痕算出；留痕只增不改，有校验（huiying audit verify）。"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: ``value`` large, ``parts`` what it is made of in words, ``brief`` the same for a narrow column.

    Links to the cases behind it and behind what asks for attention (``rest`` of them); ``bar`` 0 to 100 (``None`` = no
    bar); ``before`` the value a month earlier, ``change`` the difference in words.
    """

    figure: Figure
    value: str
    parts: str = ""
    brief: str = ""
    href: str = ""
    rest_href: str = ""
    rest_name: str = ""
    rest: int = 0
    bar: float | None = None
    before: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its heading and one figure per figure."""

    name: str
    figures: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of the figures: a month, and perhaps one section or one track."""

    month: Month
    section: str | None = None
    track: str | None = None

    def link(self, figure: str, part: str = "of") -> str:
        """The address of the list of cases behind a figure."""
        given = {"month": self.month.code, "figure": figure, "part": part}
        if self.section is not None:
            given["section"] = self.section or NO_SECTION_CODE
        if self.track is not None:
            given["track"] = self.track
        return f"{CASES}?{urlencode(given)}"


def percent(good: int, of: int) -> str:
    """``96.4%``; never 100% when something is missing, never 0% when there is something; ``—`` without a base."""
    if not of:
        return "—"
    if good in (0, of):
        return "100%" if good else "0%"
    return f"{min(99.9, max(0.1, round(100 * good / of, 1))):.1f}%"


def shown(figure: Figure, cell: Cell, place: Place) -> Shown:
    """A cell in words, with its links."""
    if not cell.of:
        return Shown(figure, "—")
    if figure.in_days:
        return _shown_days(figure, cell, place)
    rest, rest_name = (cell.good, figure.good) if figure.fewer else (cell.of - cell.good, figure.rest)
    return Shown(
        figure,
        percent(cell.good, cell.of),
        f"{figure.good} {cell.good} ÷ {figure.of} {cell.of}",
        f"{cell.good}/{cell.of}",
        place.link(figure.code),
        place.link(figure.code, "good" if figure.fewer else "rest"),
        rest_name,
        rest,
        100 * cell.good / cell.of,
    )


def _shown_days(figure: Figure, cell: Cell, place: Place) -> Shown:
    mean, ninth, whole, whole_ninth = average(cell.workdays), p90(cell.workdays), average(cell.days), p90(cell.days)
    parts = (
        f"工作日平均，九成在 {ninth} 天内；自然日平均 {whole:.1f} 天，九成在 {whole_ninth} 天内。{figure.of} {cell.of}"
    )
    brief = f"九成 {ninth}；自然日 {whole:.1f}，九成 {whole_ninth}"
    return Shown(figure, f"{mean:.1f} 天", parts, brief, place.link(figure.code))


def compared(figure: Figure, cell: Cell, before: Cell, place: Place) -> Shown:
    """The same, and how it was in the month before."""
    now, earlier = shown(figure, cell, place), shown(figure, before, place)
    if figure.in_days:
        change = _change_of_days(average(cell.workdays), average(before.workdays))
    else:
        change = _change_of_rate(cell.rate, before.rate)
    return replace(now, before=f"{earlier.value}（{earlier.brief}）" if before.of else "—", change=change)


def _change_of_rate(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return ""
    points = round(now - before, 1)
    return "相同" if not points else f"{'升' if points > 0 else '降'} {abs(points):.1f} 个百分点"


def _change_of_days(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return ""
    more = round(now - before, 1)
    return "相同" if not more else f"{'多' if more > 0 else '少'} {abs(more):.1f} 个工作日"


def headline(found: Tally, month: Month, section: str | None = None) -> list[Shown]:
    """Every figure over all of it, compared with the month before (which ``found`` must cover)."""
    place = Place(month, section)
    return [
        compared(figure, found.cell(code, month), found.cell(code, month.before()), place)
        for code, figure in FIGURES.items()
    ]


def section_rows(found: Tally, month: Month, names: Mapping[str, str]) -> list[Row]:
    """One row per section that has figures in the month, in the profile's order."""
    return [_row(names.get(code, code), found, Place(month, code)) for code in sections_in(found, month, names)]


def track_rows(found: Tally, month: Month, section: str | None = None) -> list[Row]:
    """One row per track that has figures in the month."""
    return [_row(TRACKS.get(code, code), found, Place(month, section, code)) for code in tracks_in(found, month)]


def month_rows(found: Tally, section: str | None = None) -> list[Row]:
    """One row per month, the latest first."""
    return [_row(month.name, found, Place(month, section)) for month in sorted(found.months, reverse=True)]


def section_names(profile: Profile) -> dict[str, str]:
    """Sections by code as the tables list them, and last what nobody had yet."""
    return profile.section_names | {NO_SECTION: NOBODY}


def sections_in(found: Tally, month: Month, names: Mapping[str, str]) -> list[str]:
    """The sections that have figures in the month, in the order of ``names``, unknown ones last."""
    return _in_order(names, {section for section, _ in _places(found, month)})


def tracks_in(found: Tally, month: Month) -> list[str]:
    """The tracks that have figures in the month."""
    return _in_order(TRACKS, {track for _, track in _places(found, month)})


def _places(found: Tally, month: Month) -> Iterator[tuple[str, str]]:
    for figure in FIGURES:
        yield from found.cells.get((month.code, figure), ())


def _in_order(names: Mapping[str, str], here: set[str]) -> list[str]:
    return [code for code in names if code in here] + sorted(here - set(names))


def _row(name: str, found: Tally, place: Place) -> Row:
    cells = [found.cell(code, place.month, place.section, place.track) for code in FIGURES]
    return Row(name, [shown(figure, cell, place) for figure, cell in zip(FIGURES.values(), cells, strict=True)])
