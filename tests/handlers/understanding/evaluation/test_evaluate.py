"""Figures say what they count: intervals, calibration, what is routed alone, urgent as counts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.understanding.evaluation.baselines import beside_snownlp
from handlers.understanding.evaluation.evaluate import evaluate
from handlers.understanding.evaluation.figures import figures_of
from handlers.understanding.evaluation.intervals import accuracy_and_macro_f1, share
from handlers.understanding.evaluation.plain import evaluation_as_json
from handlers.understanding.evaluation.sureness import calibration, curve
from handlers.understanding.labels import Labels
from handlers.understanding.training.examples import Example, example_of


def read(topic: str | None, sure: float = 0.9, person: bool = False, **more: Any) -> Labels:
    return Labels(topic=topic, needs_person=person, confidence={"topic": sure}, **more)


def test_macro_f1_is_the_mean_over_the_classes_that_occur() -> None:
    found = figures_of([("a", "a"), ("a", "b"), ("b", "b"), ("b", "c")])
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 / 2) / 2) and found.accuracy == 0.5
    assert figures_of([]).macro_f1 == 0.0


def test_an_interval_holds_the_figure_and_narrows_with_more_texts() -> None:
    few, many = share(15, 20), share(1500, 2000)
    assert few.low < few.value == 0.75 < few.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert share(0, 0).high == 0.0


def test_the_intervals_agree_with_drawing_the_texts_themselves_again() -> None:
    import numpy as np

    pairs = [("a", "a")] * 30 + [("a", "b")] * 10 + [("b", "b")] * 12 + [("b", "")] * 8
    accuracy, macro = accuracy_and_macro_f1(figures_of(pairs).confusion)
    rng, drawn = np.random.default_rng(1), []
    for _ in range(1000):
        again = figures_of([pairs[i] for i in rng.integers(0, len(pairs), len(pairs))])
        drawn.append((again.accuracy, again.macro_f1))
    low, high = np.percentile(np.array(drawn), (2.5, 97.5), axis=0)
    assert (accuracy.low, macro.low) == pytest.approx(tuple(low), abs=0.03)
    assert (accuracy.high, macro.high) == pytest.approx(tuple(high), abs=0.03)
    assert macro.value == pytest.approx(figures_of(pairs).macro_f1)


def test_the_same_texts_give_the_same_intervals() -> None:
    codes = [f"c{n}" for n in range(17)]
    confusion = {(t, g): 5_000 if t == g else 100 for t in codes for g in codes}
    assert accuracy_and_macro_f1(confusion) == accuracy_and_macro_f1(confusion)


def test_confidence_that_keeps_its_word_has_no_calibration_error() -> None:
    honest = [(0.75, n % 4 != 0) for n in range(40)]
    assert calibration(honest).error == pytest.approx(0)
    boaster = [(0.95, n % 2 == 0) for n in range(40)]
    assert calibration(boaster).error == pytest.approx(0.45)
    assert calibration([]).error == 0 and calibration([(1.0, True)]).bins[0].high == 1.0


def test_the_curve_counts_what_was_not_read_as_not_covered() -> None:
    steps = {step.confidence: step for step in curve([(0.95, True), (0.5, False)], 4)}
    assert (steps[0.0].coverage.value, steps[0.0].accuracy.value) == (0.5, 0.5)
    assert (steps[0.9].coverage.value, steps[0.9].accuracy.value) == (0.25, 1.0)
    assert steps[0.98].n == 0


def test_only_what_is_labelled_counts() -> None:
    examples = [Example("a", topic="funeral"), Example("b", urgent="1"), Example("c")]
    found = evaluate(examples, [read("funeral"), read("marriage", urgent=True), read(None, person=True)])
    assert [report.label for report in found.labels] == ["topic", "urgent"]
    assert found.topic and found.topic.n == 1 and found.topic.routed.right == 1
    assert found.label("kind") is None and not found.wrong


def test_ours_or_not_topic_among_ours_and_what_is_routed_alone() -> None:
    examples = [Example("", topic=t) for t in ("funeral", "funeral", "not_ours", "not_ours")]
    said = [read("funeral"), read("marriage", person=True), read("not_ours"), read(None, person=True)]
    topic = evaluate(examples, said).topic
    assert topic
    assert (topic.ours.value, topic.ours_n, topic.topic_among_ours.value) == (0.75, 2, 0.5)
    assert (topic.routed.n, topic.routed.routed, topic.routed.right) == (4, 2, 2)


def test_a_second_topic_is_found_in_either_place() -> None:
    examples = [Example("", topic="funeral", topic_2="finance")] * 3
    said = [read("funeral", topic_2="finance"), read("finance"), read("funeral")]
    topic = evaluate(examples, said).topic
    assert topic and (topic.seconds, topic.seconds_found) == (3, 2)


def test_urgent_is_told_in_counts() -> None:
    examples = [Example("", urgent=u) for u in ("1", "1", "0", "0")]
    found = evaluate(examples, [Labels(urgent=u) for u in (True, None, True, False)]).urgent
    assert found and (found.urgent, found.found, found.missed, found.false_alarms) == (2, 1, 1, 1)


def test_both_circles_of_urgent_are_told_apart() -> None:
    rows = [{"text": "", "grade": grade} for grade in ("now", "today", "today", "none")]
    said = [Labels(urgent=bool(g), grade=g) for g in ("now", "today", "now", None)]
    found = evaluate([example_of(row) for row in rows], said)
    assert found.urgent and (found.urgent.urgent, found.urgent.found, found.urgent.false_alarms) == (3, 3, 0)
    assert found.now and (found.now.urgent, found.now.found, found.now.false_alarms) == (1, 1, 1)
    assert example_of({"text": "", "urgent": 1}).today == "" and example_of({"text": "", "urgent": 0}).today == "0"
    with pytest.raises(ValueError, match="grade 'soon'"):
        example_of({"text": "", "grade": "soon"})


def test_the_majority_stands_beside_and_what_was_misread_is_listed() -> None:
    examples = [Example("", kind=k) for k in ("help", "help", "praise")]
    found = evaluate(examples, [Labels(kind="help", confidence={"kind": 0.8})] * 3)
    report = found.label("kind")
    assert report and report.majority_class == "help" and report.majority.accuracy.value == pytest.approx(2 / 3)
    (wrong,) = found.wrong
    assert (wrong.place, wrong.label, wrong.truth, wrong.said, wrong.confidence) == (2, "kind", "praise", "help", 0.8)


def test_snownlp_reads_a_stated_sample_and_ours_is_told_on_the_same_texts() -> None:
    examples = [Example("服务很好，非常满意", sentiment="positive")] * 3 + [Example("没有标注")]
    beside = beside_snownlp(examples, [Labels(sentiment="positive")] * 4, sample=2)
    assert beside and (beside.n, beside.of, beside.ours.accuracy.value) == (2, 3, 1.0)
    assert beside_snownlp([Example("没有标注")], [Labels()]) is None


def test_all_of_it_is_plain_data() -> None:
    examples = [Example("", kind="help", topic="funeral", sentiment="neutral", urgent="0")]
    told = json.loads(json.dumps(evaluation_as_json(evaluate(examples, [read("marriage", kind="help", urgent=False)]))))
    assert told["labels"]["topic"]["confusion"] == [{"truth": "funeral", "said": "marriage", "n": 1}]
    assert told["urgent"] == {"n": 1, "urgent": 0, "found": 0, "missed": 0, "false_alarms": 0}
    assert told["topic"]["routed_alone"]["routed"] == 1 and told["snownlp"] is None
