"""One guide or none: what is asked plainly gets its guide, everything doubtful is left to a person."""

from __future__ import annotations

import pytest

from handlers.guides.guide import Guide
from handlers.guides.jsonl import match_as_json
from handlers.guides.match import Matcher
from handlers.guides.measure import measure, told
from handlers.understanding.labels import Labels
from handlers.understanding.rules import RulesUnderstanding
from tests.handlers.intake.citizens import clear


def sent(matcher: Matcher, text: str, labels: Labels | None = None) -> str | None:
    guide = matcher.match(text, labels).guide
    return guide.code if guide else None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("您好，请问低保怎么申请？谢谢", "low_income"),
        ("領結婚證要帶什麼", "marriage_registration"),
        ("我们夫妻结婚十年没有孩子，想收养一个孩子，请问收养登记需要什么条件", "adoption"),
        ("结婚证不小心弄丢了，怎么补一个", "marriage_certificate_reissue"),
        ("我家是低保户，孩子有残疾证，残疾人护理补贴去哪里办", "disability_allowances"),
    ],
)
def test_a_plain_question_gets_its_guide(matcher: Matcher, text: str, code: str) -> None:
    assert sent(matcher, text) == code


@pytest.mark.parametrize(
    "text",
    [
        "我的低保申请交上去两个月了，办到哪一步了",
        "高龄津贴为什么没批",
        "高龄津贴每个月多少钱",
        "低保和临时救助怎么申请",
        "我是低保户，小区停水一周了怎么办",
        "我要投诉婚姻登记处，领结婚证排了一上午，态度太差",
        "跟外国人结婚登记要带什么",
        "老公不同意离婚怎么办",
        "",
        "？？？",
        "在吗",
        "🙂🙂",
        "高龄津贴",
        "How do I get married here?",
        "低保" * 5000,
    ],
)
def test_what_a_guide_does_not_say_is_left_to_a_person(matcher: Matcher, text: str) -> None:
    assert sent(matcher, text) is None


def test_evidence_stands_in_the_original_text(matcher: Matcher) -> None:
    text = "您好！　请问，高龄津貼怎么申请？"
    found = matcher.match(text)
    assert found.guide is not None
    assert [text[e.start : e.end] == e.text for e in found.evidence] == [True] * len(found.evidence)
    assert found.evidence[0].text == "高龄津貼"
    assert match_as_json(found)["guide"] == "old_age_allowance"


def test_labels_can_only_take_a_guide_away(matcher: Matcher) -> None:
    text = "高龄津贴怎么申请"
    assert sent(matcher, text, clear("elderly_care").labels) == "old_age_allowance"
    for kind in ("help", "complaint", "report", "suggestion", "praise", "other"):
        assert sent(matcher, text, clear("elderly_care", kind).labels) is None
    assert sent(matcher, text, clear("marriage").labels) is None
    assert sent(matcher, text, clear("not_ours").labels) is None
    unsure = Labels(kind="consultation", topic="marriage", urgent=False, needs_person=True)
    assert sent(matcher, text, unsure) == "old_age_allowance"


def test_a_kind_that_is_not_sure_takes_a_question_that_is_very_sure(matcher: Matcher) -> None:
    silent = Labels(topic="marriage", urgent=False, needs_person=False)
    assert sent(matcher, "领结婚证要带什么", silent) == "marriage_registration"
    text = "我和女朋友商量好下个月要把事情办了，想问领证需要怎么弄才好呢"
    assert 0.72 <= matcher.match(text).confidence < 0.85
    assert sent(matcher, text, silent) is None


def test_without_guides_nothing_is_claimed() -> None:
    assert Matcher([]).match("高龄津贴怎么申请").why == "no_guides"


def test_nothing_of_a_guide_is_seen_by_another(matcher: Matcher) -> None:
    assert sent(Matcher(matcher.guides[:1]), "结婚登记要带什么材料") is None


def test_the_counts_of_a_measurement_are_told(matcher: Matcher) -> None:
    rows = [
        {"id": 1, "text": "高龄津贴怎么申请", "guide": "old_age_allowance"},
        {"id": 2, "text": "结婚登记要带什么", "guide": "low_income"},
        {"id": 3, "text": "今天天气怎么样", "guide": None},
        {"id": 4, "text": "低保怎么办理，另外路灯坏了找谁修，还有公交卡去哪充值", "guide": "low_income"},
    ]
    found = measure(rows, matcher, None)
    assert (found.asked, found.answerable, found.sent, found.right) == (4, 3, 2, 1)
    assert "precision 0.500 (1 of 2 sent)" in told(found)
    assert "WRONG 2 wanted low_income got marriage_registration" in told(found)
    assert "missed 4" in told(found)


def test_most_example_questions_find_their_own_guide_and_none_another(matcher: Matcher) -> None:
    rows = [{"text": text, "guide": guide.code} for guide in matcher.guides for text in guide.questions]
    plain, labelled = measure(rows, matcher, None), measure(rows, matcher, RulesUnderstanding())
    assert plain.wrong == labelled.wrong == []
    assert plain.recall > 0.95
    assert isinstance(matcher.guides[0], Guide)
