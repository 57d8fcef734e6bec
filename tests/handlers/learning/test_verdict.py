"""A new model is promoted only when no class got worse than the tolerance."""

from __future__ import annotations

from handlers.learning.verdict import OVERTAKEN, Fault, Verdict, faults_of, read_verdict
from handlers.learning.verdict import URGENT as FOUND
from handlers.understanding.evaluation.figures import figures_of
from handlers.understanding.training.measure import Measured


def measured(topic: list[tuple[str, str]], urgent: list[tuple[str, str]]) -> Measured:
    labels = {"kind": [], "sentiment": [], "topic": topic, "urgent": urgent, "now": urgent}
    return Measured(len(topic), {name: figures_of(pairs) for name, pairs in labels.items()}, 0, 0)


FUNERAL = [("funeral", "funeral")] * 20
URGENT = [("1", "1")] * 20


def test_a_model_that_got_better_has_no_faults() -> None:
    old = measured([*FUNERAL, ("marriage", "funeral")], URGENT)
    assert faults_of("held_out", old, measured([*FUNERAL, ("marriage", "marriage")], URGENT)) == []


def test_a_class_that_got_worse_is_named_with_both_figures() -> None:
    worse = measured([("funeral", "marriage")] * 4 + [("funeral", "funeral")] * 16, URGENT)
    (fault,) = faults_of("local", measured(FUNERAL, URGENT), worse)
    assert (fault.where, fault.label, fault.code, fault.before) == ("local", "topic", "funeral", 1.0)
    assert round(fault.after, 3) == 0.889


def test_a_class_with_few_texts_decides_nothing() -> None:
    old = measured([("charity", "charity")] * 5, URGENT)
    assert faults_of("local", old, measured([("charity", "funeral")] * 5, URGENT)) == []


def test_one_urgent_message_more_missed_is_a_fault() -> None:
    worse = measured(FUNERAL, [("1", "1")] * 19 + [("1", "0")])
    assert Fault("local", FOUND, "1", 1.0, 0.95) in faults_of("local", measured(FUNERAL, URGENT), worse)


def test_a_verdict_is_read_as_it_was_kept_and_fits_the_record() -> None:
    fault = Fault("held_out", "topic", "social_organisations", 0.9, 0.8)
    one = Verdict((fault,), OVERTAKEN)
    assert read_verdict(one.kept()) == one and not one.good
    many = Verdict((fault,) * 30).kept()
    assert len(many) <= 480 and read_verdict(many).faults[0] == fault  # type: ignore[union-attr]
    assert Verdict().good and read_verdict(Verdict().kept()) == Verdict()
    assert read_verdict("no class got worse") is None
