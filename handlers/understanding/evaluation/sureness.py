"""Whether confidence keeps its word: calibration error, and how right the topic is where the reading is sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.understanding.evaluation.intervals import Estimate, share

#: From these confidences on the topic is looked at.
STEPS: Final = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
_BINS: Final = 10

#: One reading that was made: how sure (0–1), and whether it was right.
Sure = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings whose confidence lies from ``low`` to ``high``: how sure they were on the mean, and how often right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """``error`` is the expected calibration error over ten bins of equal width (0 = every 80 % comes true in 80 %)."""

    n: int
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Where the topic's confidence is at least ``confidence``: the share of all texts, and how right it is there."""

    confidence: float
    n: int
    coverage: Estimate
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Routed:
    """What would be routed without a person: ``routed`` of ``n``, ``right`` of these to the right topic."""

    n: int
    routed: int
    right: int
    coverage: Estimate
    accuracy: Estimate


def calibration(readings: Sequence[Sure]) -> Calibration:
    """Return how far confidence and being right lie apart; what was not read does not count."""
    bins = []
    for place in range(_BINS):
        inside = [sure for sure in readings if min(int(sure[0] * _BINS), _BINS - 1) == place]
        if inside:
            n = len(inside)
            mean, right = sum(c for c, _ in inside) / n, sum(r for _, r in inside) / n
            bins.append(Bin(place / _BINS, (place + 1) / _BINS, n, mean, right))
    total = sum(b.n for b in bins)
    return Calibration(total, sum(b.n * abs(b.confidence - b.right) for b in bins) / max(1, total), tuple(bins))


def curve(readings: Sequence[Sure], n: int) -> tuple[Step, ...]:
    """Return coverage and accuracy at every one of :data:`STEPS`; ``n`` counts the texts that were not read, too."""
    steps = []
    for confidence in STEPS:
        inside = [right for sure, right in readings if sure >= confidence]
        steps.append(Step(confidence, len(inside), share(len(inside), n), share(sum(inside), len(inside))))
    return tuple(steps)


def routed_of(right: Sequence[bool], n: int) -> Routed:
    """Return the figures of what is routed alone; ``right`` has one entry per routed text."""
    return Routed(n, len(right), sum(right), share(len(right), n), share(sum(right), len(right)))
