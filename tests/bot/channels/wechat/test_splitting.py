"""Long texts are cut where a reader would pause, and nothing is lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.split import split_text


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.sampled_from("字。，\n a！\u200d👨”"), max_size=3000))
def test_parts_join_to_the_whole_and_keep_the_limits(text):
    parts = split_text(text)
    assert all(len(part) <= 600 and len(part.encode()) <= 2048 for part in parts)
    rest = text
    for part in parts:
        before, found, rest = rest.partition(part)
        assert found
        assert not before.strip()
    assert not rest.strip()


def test_a_short_text_is_one_part():
    assert split_text("您好。") == ["您好。"]


def test_paragraphs_are_preferred_to_sentences_and_sentences_to_clauses():
    assert split_text("甲" * 8 + "\n" + "乙。" * 4, characters=12) == ["甲" * 8 + "\n", "乙。" * 4]
    assert split_text("甲" * 6 + "。乙，乙，乙，丙", characters=12)[0] == "甲" * 6 + "。"
    assert split_text("甲" * 8 + "，乙" * 4, characters=12)[0] == "甲" * 8 + "，乙，"


def test_a_closing_quotation_mark_stays_with_its_sentence():
    assert split_text("他说：“好的。”然后就走了没有回来过", characters=10)[0] == "他说：“好的。”"


def test_bytes_count_as_well_as_characters():
    parts = split_text("😀" * 600)
    assert max(len(part.encode()) for part in parts) <= 2048
    assert "".join(parts) == "😀" * 600


def test_an_emoji_of_several_code_points_is_not_torn():
    family = "👨\u200d👩\u200d👧"
    assert all(not part.startswith("\u200d") for part in split_text(family * 8, characters=12))
