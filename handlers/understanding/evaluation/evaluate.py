"""Measuring an understanding on labelled messages: every figure with its interval, and what to compare it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.understanding.evaluation.figures import Figures, figures_of
from handlers.understanding.evaluation.intervals import Estimate, accuracy_and_macro_f1, share
from handlers.understanding.evaluation.sureness import Calibration, Routed, Step, calibration, curve, routed_of
from handlers.understanding.labels import Labels
from handlers.understanding.training.examples import Example
from handlers.understanding.training.measure import LABELS, said

_NOT_OURS: Final = "not_ours"


@dataclass(frozen=True, slots=True)
class Scores:
    """Accuracy and macro-F1 with their intervals, and everything behind them."""

    accuracy: Estimate
    macro_f1: Estimate
    figures: Figures


@dataclass(frozen=True, slots=True)
class LabelReport:
    """One label; ``majority`` is what always saying the most frequent class would reach."""

    label: str
    measured: Scores
    majority: Scores
    majority_class: str
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class TopicReport:
    """The topic as an office needs it.

    ``ours``: told rightly whether it is the bureau's at all (of ``n``). ``topic_among_ours``: of the ``ours_n`` that
    are. ``seconds``: how many have a second topic; ``seconds_found``: it was said, as first or second.
    """

    n: int
    ours: Estimate
    ours_n: int
    topic_among_ours: Estimate
    seconds: int
    seconds_found: int
    steps: tuple[Step, ...]
    routed: Routed


@dataclass(frozen=True, slots=True)
class UrgentReport:
    """Counts, not shares: how many are urgent, found, missed, and how many were raised for nothing, of ``n``."""

    n: int
    urgent: int
    found: int
    missed: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """One label that was read otherwise than it is; ``place`` counts the messages from 0."""

    place: int
    label: str
    truth: str
    said: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one set of messages; what is not labelled there is missing."""

    n: int
    labels: tuple[LabelReport, ...]
    topic: TopicReport | None
    urgent: UrgentReport | None  # in either grade
    now: UrgentReport | None  # the narrow circle: a person is called at once
    wrong: tuple[Wrong, ...]

    def label(self, name: str) -> LabelReport | None:
        """Return the report on one label."""
        return next((report for report in self.labels if report.label == name), None)


def evaluate(examples: Sequence[Example], read: Sequence[Labels]) -> Evaluation:
    """Compare ``read`` with the labels of ``examples``, one for one; an empty label counts nowhere."""
    both = list(zip(examples, read, strict=True))
    reports = [_label(name, both) for name in LABELS if any(e.label(name) for e in examples)]
    return Evaluation(
        len(examples), tuple(reports), _topic(both),
        _urgent([(e.urgent == "1", bool(r.urgent)) for e, r in both if e.urgent]),
        _urgent([(e.now == "1", r.calls) for e, r in both if e.now]),
        tuple(wrong for place, (e, r) in enumerate(both) for wrong in _wrong(place, e, r)),
    )  # fmt: skip


def measured(pairs: Sequence[tuple[str, str]]) -> Scores:
    """Return the figures of (truth, guess) pairs with their intervals."""
    figures = figures_of(pairs)
    return Scores(*accuracy_and_macro_f1(figures.confusion), figures)


def _label(name: str, both: Sequence[tuple[Example, Labels]]) -> LabelReport:
    known = [(e.label(name), r) for e, r in both if e.label(name)]
    pairs = [(truth, said(r, name)) for truth, r in known]
    supports = {code: c.support for code, c in figures_of(pairs).classes.items()}
    most = max(sorted(supports), key=lambda code: supports[code])
    sure = [(float(r.confidence.get(name, 0.0)), truth == said(r, name)) for truth, r in known if said(r, name)]
    return LabelReport(name, measured(pairs), measured([(truth, most) for truth, _ in pairs]), most, calibration(sure))


def _topic(both: Sequence[tuple[Example, Labels]]) -> TopicReport | None:
    known = [(e, r) for e, r in both if e.topic]
    if not known:
        return None
    right_side = sum((e.topic == _NOT_OURS) == (r.topic == _NOT_OURS) and bool(r.topic) for e, r in known)
    ours = [e.topic == r.topic for e, r in known if e.topic != _NOT_OURS]
    seconds = [e.topic_2 in (r.topic, r.topic_2) for e, r in known if e.topic_2]
    sure = [(float(r.confidence.get("topic", 0.0)), e.topic == r.topic) for e, r in known if r.topic]
    return TopicReport(
        n=len(known),
        ours=share(right_side, len(known)),
        ours_n=len(ours),
        topic_among_ours=share(sum(ours), len(ours)),
        seconds=len(seconds),
        seconds_found=sum(seconds),
        steps=curve(sure, len(known)),
        routed=routed_of([e.topic == r.topic for e, r in known if not r.needs_person], len(known)),
    )


def _urgent(known: Sequence[tuple[bool, bool]]) -> UrgentReport | None:
    if not known:
        return None
    found = sum(truth and guess for truth, guess in known)
    urgent = sum(truth for truth, _ in known)
    return UrgentReport(len(known), urgent, found, urgent - found, sum(guess and not truth for truth, guess in known))


def _wrong(place: int, example: Example, read: Labels) -> list[Wrong]:
    return [
        Wrong(place, name, example.label(name), said(read, name), float(read.confidence.get(name, 0.0)))
        for name in LABELS
        if example.label(name) and example.label(name) != said(read, name)
    ]
