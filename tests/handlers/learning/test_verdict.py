"""A new model is promoted only when no class got worse than the tolerance."""

from __future__ import annotations

from handlers.learning.verdict import faults_of, verdict_of
from handlers.understanding.evaluation.figures import figures_of
from handlers.understanding.training.measure import Measured


def measured(topic: list[tuple[str, str]], urgent: list[tuple[str, str]]) -> Measured:
    labels = {"kind": [], "sentiment": [], "topic": topic, "urgent": urgent}
    return Measured(len(topic), {name: figures_of(pairs) for name, pairs in labels.items()}, 0, 0)


FUNERAL = [("funeral", "funeral")] * 20
URGENT = [("1", "1")] * 20


def test_a_model_that_got_better_has_no_faults() -> None:
    old = measured([*FUNERAL, ("marriage", "funeral")], URGENT)
    assert faults_of("held_out", old, measured([*FUNERAL, ("marriage", "marriage")], URGENT)) == []


def test_a_class_that_got_worse_is_named_with_both_figures() -> None:
    worse = measured([("funeral", "marriage")] * 4 + [("funeral", "funeral")] * 16, URGENT)
    assert faults_of("local", measured(FUNERAL, URGENT), worse) == ["local: topic funeral F1 1.000 → 0.889"]


def test_a_class_with_few_texts_decides_nothing() -> None:
    old = measured([("charity", "charity")] * 5, URGENT)
    assert faults_of("local", old, measured([("charity", "funeral")] * 5, URGENT)) == []


def test_one_urgent_message_more_missed_is_a_fault() -> None:
    worse = measured(FUNERAL, [("1", "1")] * 19 + [("1", "0")])
    assert "local: urgent found 1.000 → 0.950" in faults_of("local", measured(FUNERAL, URGENT), worse)


def test_the_verdict_fits_the_record() -> None:
    assert len(verdict_of(["x" * 100] * 20)) <= 480
    assert verdict_of([]) == "no class got worse"
