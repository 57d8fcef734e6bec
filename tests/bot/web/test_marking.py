"""The deciding words are marked without changing a letter of the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.web.marking import Piece, marked


def test_a_word_is_marked_with_what_it_decided() -> None:
    assert marked("我要低保", [(2, 4, "业务类别")]) == [Piece("我要"), Piece("低保", "业务类别")]


def test_overlapping_marks_share_their_words() -> None:
    assert marked("态度恶劣", [(0, 4, "类型"), (2, 4, "情感")]) == [Piece("态度", "类型"), Piece("恶劣", "类型、情感")]


@given(st.text(), st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50), st.sampled_from("甲乙"))))
def test_the_pieces_are_always_the_text_again(text: str, marks: list[tuple[int, int, str]]) -> None:
    assert "".join(piece.text for piece in marked(text, marks)) == text
