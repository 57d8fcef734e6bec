"""The lines of some rates over the months as an SVG's coordinates; each point also stands in the table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.reports.catalogue import FIGURES
from handlers.reports.tally import Tally

WIDTH: Final = 640
HEIGHT: Final = 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 88, 32, 18, 44
#: The rates that share one picture, each with its own dash and marker besides its colour.
DRAWN: Final = ("on_time", "satisfied", "resolved")


@dataclass(frozen=True, slots=True)
class Point:
    """Where one month stands, in the picture's units; ``tip`` says it in words."""

    x: float
    y: float
    tip: str


@dataclass(frozen=True, slots=True)
class Line:
    """One rate. ``strokes`` are the unbroken runs of months that have a base, as ``points`` of a polyline."""

    code: str
    name: str
    points: Sequence[Point]
    strokes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole: lines, the labels under the months (x, text), and the heights of the percentages (y, text)."""

    lines: Sequence[Line]
    labels: Sequence[tuple[float, str]]
    grid: Sequence[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def picture(found: Tally) -> Picture:
    """Draw the rates of :data:`DRAWN` over the months of ``found``, the earliest on the left."""
    months = sorted(found.months)
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(months) - 1)
    lines = []
    for code in DRAWN:
        runs, points = [list[Point]()], list[Point]()
        for index, month in enumerate(months):
            rate = found.cell(code, month).rate
            if rate is None:
                runs.append([])
                continue
            point = Point(round(_LEFT + index * step, 1), _height(rate), f"{month.name} {rate:.1f}%")
            points.append(point)
            runs[-1].append(point)
        strokes = [" ".join(f"{p.x},{p.y}" for p in run) for run in runs if len(run) > 1]
        lines.append(Line(code, FIGURES[code].name, points, strokes))
    labels = [
        (round(_LEFT + i * step, 1), f"{m.month}月") for i, m in enumerate(months) if (len(months) - 1 - i) % 2 == 0
    ]
    return Picture(lines, labels, [(_height(level), f"{level}%") for level in (0, 25, 50, 75, 100)])


def _height(rate: float) -> float:
    return round(_TOP + (100 - rate) / 100 * (HEIGHT - _TOP - _BOTTOM), 1)
