"""Choosing from data where a decision may stand by itself: on texts that the scores had not learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from handlers.understanding.learned.features import Floats
from handlers.understanding.learned.model import HEADS, Thresholds
from handlers.understanding.training.examples import Example

#: What is routed without a person must be right this often; the promise is .95, the rest is a margin.
_ROUTED_RIGHT: Final = 0.97
#: Of what is raised for the same day at least this share deserves it: a look in vain costs minutes, but a mark on every
#: second line would soon be read over. The promise is .4, the rest is a margin.
_DESERVED: Final = 0.5
#: A message missed for which a person should have been called weighs as much as this many calls in vain.
_MISSED: Final = 4.0
#: A person looks at nine in ten accusations before anybody else can.
_REPORTS_SEEN: Final = 0.9
_LEAST_CASES: Final = 30


def choose(examples: Sequence[Example], probabilities: Mapping[str, Floats], weights: Floats) -> Thresholds:
    """Return the thresholds for unseen ``probabilities`` (``texts × classes`` per head).

    ``weights`` give every text its share of a real inbox.
    """
    return Thresholds(
        route=_route(examples, probabilities["topic"], weights),
        now=_now(examples, probabilities["now"][:, 1]),
        today=_today(examples, probabilities["today"][:, 1]),
        report=_report(examples, probabilities["kind"][:, HEADS["kind"].index("report")]),
    )


def _route(examples: Sequence[Example], probabilities: Floats, weights: Floats) -> float:
    known = np.array([bool(e.topic) for e in examples])
    codes = np.array(HEADS["topic"])
    truth = np.array([e.topic for e in examples])[known]
    sure = probabilities[known].max(axis=1)
    right = codes[probabilities[known].argmax(axis=1)] == truth
    return _lowest_with(sure, right, weights[known], _ROUTED_RIGHT)


def _lowest_with(sure: Floats, right: NDArray[Any], weights: Floats, wanted: float) -> float:
    """Return the lowest value of ``sure`` from which on the weighted share of ``right`` is at least ``wanted``."""
    order = np.argsort(-sure)
    share = np.cumsum((right * weights)[order]) / np.cumsum(weights[order])
    good = np.flatnonzero((share >= wanted) & (np.arange(share.size) >= _LEAST_CASES - 1))
    return float(sure[order][good[-1]]) if good.size else float("inf")


def _today(examples: Sequence[Example], probability: Floats) -> float:
    known = np.array([bool(e.today) for e in examples])
    truth = np.array([e.today == "1" for e in examples])[known]
    return _lowest_with(probability[known], truth, np.ones(truth.size), _DESERVED)


def _now(examples: Sequence[Example], probability: Floats) -> float:
    known = np.array([bool(e.now) for e in examples])
    truth = np.array([e.now == "1" for e in examples])[known]
    candidates = np.linspace(0.05, 0.95, 91)
    cost = [_MISSED * (truth & (probability[known] < c)).sum() + (~truth & (probability[known] >= c)).sum()
            for c in candidates]  # fmt: skip
    return float(candidates[int(np.argmin(cost))])


def _report(examples: Sequence[Example], probability: Floats) -> float:
    reports = probability[[e.kind == "report" for e in examples]]
    return float(np.quantile(reports, 1 - _REPORTS_SEEN)) if reports.size else 0.5
