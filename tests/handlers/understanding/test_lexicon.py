"""Words are found leftmost and longest; the shipped tables are sound."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.taxonomy import KINDS, SENTIMENTS, TOPICS
from handlers.understanding.lexicon import Lexicons, Word, strongest, table
from handlers.understanding.weighing import LEVELS


def found(text: str, *words: str) -> list[str]:
    return [hit.word.word for hit in Lexicons(words=(Word(w, "x", 1.0) for w in words)).hits(text)["words"]]


def test_the_longest_word_hides_the_shorter_one_in_it() -> None:
    assert found("我是低保户，领低保", "低保", "低保户") == ["低保户", "低保"]


def test_a_word_in_two_halves_is_found_within_a_few_characters_of_one_sentence() -> None:
    assert found("两天没有好好吃的", "没有~吃的") == ["没有~吃的"]
    assert found("什么都没有。吃的也不贵", "没有~吃的") == []
    assert found("没有" + "很" * 20 + "吃的", "没有~吃的") == []


def test_words_of_one_character_and_of_many_live_together() -> None:
    assert found("坑人太坑", "坑", "坑人") == ["坑人", "坑"]


def test_a_word_listed_twice_keeps_its_heavier_entry() -> None:
    kept = strongest([Word("烈士陵园", "funeral", 0.0), Word("烈士陵园", "veterans", 3.0)])
    assert [word.label for word in kept] == ["veterans"]


def test_tables_are_searched_in_one_pass_and_hide_nothing_of_each_other() -> None:
    lexicons = Lexicons(topic=[Word("低保户", "t", 1.0)], kind=[Word("低保", "k", 1.0)])
    hits = lexicons.hits("我是低保户")
    assert {name: [hit.word.word for hit in found] for name, found in hits.items()} == {
        "topic": ["低保户"],
        "kind": ["低保"],
    }


@pytest.mark.parametrize("name", ["topics", "neighbours", "kinds", "sentiment"])
def test_every_table_uses_known_levels_and_clean_words(name: str) -> None:
    for levels in table(name).values():
        assert set(levels) <= set(LEVELS)
        assert [w for listed in levels.values() for w in listed.split() if w.startswith("~") or w.endswith("~")] == []


def test_the_tables_speak_for_labels_of_the_taxonomy() -> None:
    assert set(table("topics")) == set(TOPICS) - {"not_ours"}
    assert set(table("kinds")) == set(KINDS)
    assert set(table("sentiment")) == set(SENTIMENTS)


def test_at_least_twenty_five_neighbouring_fields_are_known() -> None:
    assert len(table("neighbours")) >= 25


def test_no_word_is_claimed_by_two_topics() -> None:
    claimed: dict[str, Any] = {}
    for name in ("topics", "neighbours"):
        for label, levels in table(name).items():
            for level, listed in levels.items():
                for word in listed.split() if level != "hides" else ():
                    assert claimed.setdefault(word, label) == label, (word, label, claimed[word])


def test_slips_and_their_corrections_have_one_length() -> None:
    assert [wrong for wrong, right in table("slips")["slips"].items() if len(wrong) != len(right)] == []
