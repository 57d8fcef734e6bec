"""What changes how a message is treated whatever else is unsure."""

from __future__ import annotations

import pytest

from handlers.understanding.rules import RulesUnderstanding
from handlers.understanding.situations import is_other_language, is_report, is_self_harm, is_sensitive

READER = RulesUnderstanding()


@pytest.mark.parametrize("text", ["我要举报李某", "實名舉報某養老院", "举报村主任套取救灾款", "检举某科长受贿"])
def test_an_accusation_is_a_report(text: str) -> None:
    assert is_report(text, READER.read(text))


@pytest.mark.parametrize("text", ["请问举报电话是多少", "请问怎么申请低保"])
def test_asking_how_is_no_report(text: str) -> None:
    assert not is_report(text, READER.read(text))


@pytest.mark.parametrize(
    "text", ["丈夫家暴，我想离婚", "想收养一个孩子", "孩子被锁在家里没人管", "孤儿证怎么办理", "老师虐待兒童"]
)
def test_minors_adoption_and_violence_are_sensitive(text: str) -> None:
    assert is_sensitive(text, READER.read(text))


def test_a_plain_question_is_not_sensitive() -> None:
    assert not is_sensitive("请问孩子上学的居住证明怎么开", READER.read("请问孩子上学的居住证明怎么开"))


@pytest.mark.parametrize(
    "text",
    ["我不想活了", "安眠药已经攒够了", "站在楼顶上了", "活着没什么意思，就想说一声", "等我走了以后，猫托付给楼下"],
)
def test_despair_is_heard_also_when_told_quietly(text: str) -> None:
    assert is_self_harm(text)


@pytest.mark.parametrize("text", ["社区有没有预防自杀的讲座", "还让不让人活了", "请问低保怎么办", ""])
def test_talk_about_it_and_figures_of_speech_are_not_despair(text: str) -> None:
    assert not is_self_harm(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("ᠰᠠᠢᠨ", True),
        ("Сайн уу", True),
        ("hello", True),
        ("", False),
        ("😀", False),
        ("嗯", False),
        ("请问APP在哪", False),
    ],
)
def test_another_language_is_told_from_no_language(text: str, other: bool) -> None:
    assert is_other_language(text) is other
