"""Texts are made comparable, and every character keeps its place in the original."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.understanding.normalise import read


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("請問低保怎麼申請", "请问低保怎么申请"),
        ("ＡＢＣ　１２３", "abc 123"),
        ("底保和民证局", "低保和民政局"),
        ("低\u200b保", "低保"),
    ],
)
def test_width_script_and_slips_are_made_one(written: str, compared: str) -> None:
    assert read(written).text == compared


def test_greeting_and_closing_are_set_aside_without_moving_anything() -> None:
    text = "尊敬的领导，您好！小区停水了。谢谢！"
    reading = read(text)
    assert reading.text.strip() == "小区停水了。"
    assert reading.text.index("停水") == text.index("停水")


def test_thanks_in_the_middle_stay() -> None:
    assert (
        "感谢王丽" in read("我要感谢王丽同志，她帮我跑了三趟，把事情办成了。以后有什么需要我们配合的，随时说话。").text
    )


def test_a_text_that_is_only_thanks_is_kept() -> None:
    assert read("谢谢").text.strip() == "谢谢"


def test_places_point_into_the_original_when_characters_expand() -> None:
    text = "①㍿请问低保"
    reading = read(text)
    at = reading.text.index("低保")
    start, end = reading.span(at, at + 2)
    assert text[start:end] == "低保"


def test_pictures_are_read_as_words_that_point_to_the_picture() -> None:
    text = "等了三个月还没发😡(T_T)行吧👍🏻"
    reading = read(text)
    assert reading.text == "等了三个月还没发生气大哭行吧点赞"
    at = reading.text.index("大哭")
    start, end = reading.span(at, at + 2)
    assert text[start:end] == "(T_T)"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_and_every_place_lies_in_the_original(text: str) -> None:
    reading = read(text)
    assert reading.original == text
    for index in range(len(reading.text)):
        start, end = reading.span(index, index + 1)
        assert 0 <= start < end <= len(text)
