"""What the model of the whole corpus makes of easy, hard and impossible texts: labels, doubt, evidence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from handlers.understanding.labels import Labels
from handlers.understanding.learned.reader import LearnedUnderstanding
from handlers.understanding.training.base import base_model
from handlers.understanding.training.examples import Example, shipped
from handlers.understanding.training.measure import Measured, measure


@pytest.fixture(scope="module")
def reader() -> LearnedUnderstanding:
    return LearnedUnderstanding(base_model(Path(os.environ["HUIYING_MODEL_DIR"])))


@pytest.fixture(scope="module")
def held_out(reader: LearnedUnderstanding) -> Measured:
    return measure(reader, shipped().held_out)


@pytest.mark.parametrize("text", ["", "   ", "。。。！！", "😀😀", "12345", "hello", "Сайн байна уу", "ᠮᠣᠩᠭᠣᠯ"])
def test_what_cannot_be_read_is_not_labelled(reader: LearnedUnderstanding, text: str) -> None:
    assert reader.read(text) == Labels(model=reader.model)


@pytest.mark.parametrize(
    "text", ["嗯", "哈哈哈", "啊啊啊啊啊啊", "asdf阿斯顿发撒旦发", "锟斤拷烫烫烫屯屯屯", "低保" * 700]
)
def test_nonsense_is_never_labelled_with_confidence(reader: LearnedUnderstanding, text: str) -> None:
    labels = reader.read(text)
    assert labels.needs_person
    assert labels.confidence["topic"] <= 0.5
    assert labels.confidence["kind"] <= 0.5


def test_a_plain_question_goes_to_its_section(reader: LearnedUnderstanding) -> None:
    labels = reader.read("你好，我想问一下给我八十三岁的老父亲办高龄津贴需要带什么证件")
    assert (labels.kind, labels.topic, labels.sentiment, labels.urgent) == (
        "consultation",
        "elderly_care",
        "neutral",
        False,
    )
    assert not labels.needs_person
    assert labels.suggested[0][0] == "elderly_care"


def test_who_is_mentioned_in_passing_is_not_what_is_asked_for(reader: LearnedUnderstanding) -> None:
    assert reader.read("我是低保户，小区停水一周了").topic == "not_ours"


def test_a_double_negation_is_no_complaint(reader: LearnedUnderstanding) -> None:
    labels = reader.read("不是不满意，是非常满意")
    assert labels.sentiment == "positive"
    assert labels.kind == "praise"


def test_mock_praise_is_doubted(reader: LearnedUnderstanding) -> None:
    labels = reader.read("你们的服务可真是'好'啊")
    assert labels.sentiment != "positive"
    assert labels.confidence["sentiment"] < 0.6
    assert labels.needs_person


def test_a_quiet_farewell_is_urgent(reader: LearnedUnderstanding) -> None:
    assert reader.read("爸妈都不要我了，药我攒够了，谢谢你们之前的照顾").urgent


@pytest.mark.parametrize(
    "text", ["养老院护工打老人，我妈胳膊都青了", "楼下煤气漏了，一股味", "邻居家孩子一个人锁在屋里哭了一天"]
)
def test_plain_words_of_danger_are_urgent(reader: LearnedUnderstanding, text: str) -> None:
    assert reader.read(text).urgent


def test_two_matters_in_two_parts_are_both_named(reader: LearnedUnderstanding) -> None:
    labels = reader.read("请问给老人申请高龄津贴要带什么材料？\n另外想问一下，结婚证丢了怎么补办，离婚登记要不要预约？")
    assert {labels.topic, labels.topic_2} == {"elderly_care", "marriage"}


def test_a_very_long_text_is_read(reader: LearnedUnderstanding) -> None:
    assert reader.read("公墓的管理费一年涨了三次，没有任何通知。" * 1000).topic == "funeral"


def test_evidence_points_into_the_original(reader: LearnedUnderstanding) -> None:
    for example in shipped().held_out[:60]:
        for found in reader.read(example.text).evidence.values():
            assert all(example.text[e.start : e.end] == e.text for e in found)


def test_the_held_out_writers_are_read_well(held_out: Measured) -> None:
    """Floors well under what was measured (docs/understanding.md): a change that costs much is noticed."""
    figures = held_out.labels
    assert figures["kind"].macro_f1 > 0.82
    assert figures["topic"].macro_f1 > 0.80
    assert figures["sentiment"].macro_f1 > 0.85
    assert figures["now"].classes["1"].recall > 0.9
    assert figures["now"].classes["1"].precision > 0.6
    assert figures["urgent"].classes["1"].recall > 0.8
    assert figures["urgent"].classes["1"].precision > 0.55


def test_what_can_wait_for_the_day_calls_nobody(reader: LearnedUnderstanding, held_out: Measured) -> None:
    read = [reader.read(example.text) for example in shipped().held_out]
    assert {labels.grade for labels in read} == {"now", "today", None}
    assert all(labels.calls == (labels.grade == "now") and labels.urgent == bool(labels.grade) for labels in read)
    assert all(labels.evidence["urgent"] for labels in read if labels.grade == "now")


def test_what_is_routed_alone_is_routed_rightly(held_out: Measured) -> None:
    assert held_out.routed_right / held_out.routed > 0.94
    assert held_out.routed / held_out.n > 0.4


def test_a_label_that_is_not_known_is_not_measured(reader: LearnedUnderstanding) -> None:
    assert measure(reader, [Example(text="公墓怎么收费", topic="funeral")]).labels["kind"].n == 0
