"""Bootstrap 95 % intervals, seeded: how far a figure would wander if other messages of the same kind had come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 1_000
SEED: Final = 20261123
_SIDES: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share 0–1 with the ends of its 95 % interval; over nothing all three are 0."""

    value: float
    low: float
    high: float


def share(good: int, of: int) -> Estimate:
    """Return ``good`` of ``of`` with its interval."""
    if not of:
        return Estimate(0.0, 0.0, 0.0)
    drawn = np.random.default_rng(SEED).binomial(of, good / of, RESAMPLES) / of
    return _estimate(good / of, drawn)


def accuracy_and_macro_f1(confusion: Mapping[tuple[str, str], int]) -> tuple[Estimate, Estimate]:
    """Return both with their intervals from (truth, guess) → texts.

    Drawing n texts again with replacement is drawing the cells of the confusion from a multinomial distribution, so
    the time does not depend on n. Macro-F1 is over the classes that occur in the truth, in every resample anew.
    """
    n = sum(confusion.values())
    if not n:
        return Estimate(0.0, 0.0, 0.0), Estimate(0.0, 0.0, 0.0)
    cells = sorted(confusion)
    counts = np.array([confusion[cell] for cell in cells])
    drawn = np.random.default_rng(SEED).multinomial(n, counts / n, RESAMPLES)
    both = np.vstack([counts, drawn]).astype(np.float64)  # the first row is what was measured
    accuracy = both[:, [t == g for t, g in cells]].sum(axis=1) / n
    macro = _macro_f1(both, cells)
    return _estimate(accuracy[0], accuracy[1:]), _estimate(macro[0], macro[1:])


def _macro_f1(drawn: NDArray[np.float64], cells: list[tuple[str, str]]) -> NDArray[np.float64]:
    total, occurring = np.zeros(len(drawn)), np.zeros(len(drawn))
    for code in sorted({truth for truth, _ in cells}):
        truly = drawn[:, [t == code for t, _ in cells]].sum(axis=1)
        guessed = drawn[:, [g == code for _, g in cells]].sum(axis=1)
        right = drawn[:, [t == g == code for t, g in cells]].sum(axis=1)
        total += np.where(truly > 0, 2 * right / np.maximum(truly + guessed, 1), 0)
        occurring += truly > 0
    return total / np.maximum(occurring, 1)


def _estimate(value: Any, drawn: NDArray[np.float64]) -> Estimate:
    low, high = np.percentile(drawn, _SIDES)
    return Estimate(float(value), float(low), float(high))
