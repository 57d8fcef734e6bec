"""Lines of 识别质量 as an SVG's coordinates: the weeks, and how right the topic is by confidence. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.web.console.quality_drift import week_name
from bot.web.console.trend import HEIGHT, WIDTH, Line, Picture, Point
from handlers.learning.drift import Week
from handlers.understanding.evaluation.sureness import Step

_LEFT, _RIGHT, _TOP, _BOTTOM = 88, 48, 18, 44
_LEVELS: Final = (0, 25, 50, 75, 100)

#: One line: its code, its name, a value of 0 to 100 per place (``None`` = nothing there).
Values = tuple[str, str, Sequence[float | None]]


def weeks_picture(weeks: Sequence[Week]) -> Picture:
    """Corrections per 100 read, the share asked a person, and the mean confidence, week by week."""
    series: list[Values] = [
        ("corrected", "每百件更正", [week.per_hundred for week in weeks]),
        ("asked", "请人看的比例", [None if (one := week.asked_share) is None else 100 * one for week in weeks]),
        ("sure", "业务类别的平均把握", [None if week.sure is None else 100 * week.sure for week in weeks]),
    ]
    labels = [f"{week.start.month}/{week.start.day}" for week in weeks]
    return _picture(series, [week_name(week) for week in weeks], labels, every=2)


def curve_picture(steps: Sequence[Step]) -> Picture:
    """At each confidence: how many of 100 texts are at least so sure, and how many of these are right."""
    series: list[Values] = [
        ("accuracy", "其中对的", [100 * step.accuracy.value if step.n else None for step in steps]),
        ("coverage", "达到这个把握的", [100 * step.coverage.value for step in steps]),
    ]
    names = [f"{100 * step.confidence:.0f}%" for step in steps]
    return _picture(series, [f"把握不低于 {name}" for name in names], names, every=2)


def _picture(series: Sequence[Values], places: Sequence[str], labels: Sequence[str], every: int) -> Picture:
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(places) - 1)
    across = [round(_LEFT + place * step, 1) for place in range(len(places))]
    lines = [_line(code, name, values, across, places) for code, name, values in series]
    last = len(labels) - 1
    below = [
        (x, text) for place, (x, text) in enumerate(zip(across, labels, strict=True)) if (last - place) % every == 0
    ]
    return Picture(lines, below, [(_height(level), f"{level}") for level in _LEVELS], right=WIDTH - _RIGHT)


def _line(code: str, name: str, values: Sequence[float | None], across: Sequence[float], places: Sequence[str]) -> Line:
    runs, points = [list[Point]()], list[Point]()
    for x, value, place in zip(across, values, places, strict=True):
        if value is None:
            runs.append([])
            continue
        points.append(Point(x, _height(value), f"{place} {value:.0f}"))
        runs[-1].append(points[-1])
    return Line(code, name, points, [" ".join(f"{p.x},{p.y}" for p in run) for run in runs if len(run) > 1])


def _height(value: float) -> float:
    """More than 100 (a label corrected in more cases than were read that week) is drawn at the top."""
    return round(_TOP + (100 - min(100.0, value)) / 100 * (HEIGHT - _TOP - _BOTTOM), 1)
