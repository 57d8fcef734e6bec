"""The corpus holds what it promises: enough of everything, nothing twice, nothing that is only filled in."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np
import pytest
from scipy import sparse

from handlers.taxonomy import KINDS, TOPICS
from handlers.understanding.training.examples import Example, shipped

RARE = ("disaster_relief", "charity", "homeless_aid", "place_names", "law_policy", "finance")


@pytest.fixture(scope="module")
def everything() -> tuple[Example, ...]:
    corpus = shipped()
    return corpus.learned + corpus.held_out


def test_there_are_at_least_four_thousand_messages_by_many_writers(everything: tuple[Example, ...]) -> None:
    assert len(everything) >= 4_000
    assert len({example.writer for example in everything}) >= 10


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_share(everything: tuple[Example, ...], topic: str) -> None:
    wanted = 1_000 if topic == "not_ours" else 100 if topic in RARE else 200
    assert sum(example.topic == topic for example in everything) >= wanted


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_share(everything: tuple[Example, ...], kind: str) -> None:
    assert sum(example.kind == kind for example in everything) >= 250


def test_urgent_messages_have_as_many_false_alarms(everything: tuple[Example, ...]) -> None:
    assert sum(example.now == "1" for example in everything) >= 300
    assert sum(example.trap == "false_alarm" for example in everything) >= 300
    assert not [e.text for e in everything if e.trap == "false_alarm" and e.now == "1"]


def test_both_grades_of_urgent_have_their_share(everything: tuple[Example, ...]) -> None:
    assert sum(example.today == "1" for example in everything) >= 500
    assert all(example.urgent == "1" and example.today == "" for example in everything if example.now == "1")


def test_every_message_is_labelled_in_full(everything: tuple[Example, ...]) -> None:
    assert all(e.kind and e.topic and e.sentiment and e.urgent and e.now and e.text.strip() for e in everything)
    assert all(e.topic == "not_ours" for e in everything if e.kind == "other")


def test_the_lengths_are_those_of_an_inbox(everything: tuple[Example, ...]) -> None:
    lengths = sorted(len(example.text) for example in everything)
    assert lengths[0] >= 2
    assert lengths[len(lengths) // 9] <= 30
    assert lengths[-len(lengths) // 12] >= 250
    assert 600 <= lengths[-1] <= 1_600


def test_no_two_messages_are_alike(everything: tuple[Example, ...]) -> None:
    grams = [_grams(example.text) for example in everything]
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    places = np.cumsum([0, *map(len, grams)])
    columns = np.fromiter((numbers[gram] for found in grams for gram in found), dtype=np.int64)
    matrix = sparse.csr_matrix((np.ones(len(columns), dtype=np.int32), columns, places))
    shared = sparse.triu(matrix @ matrix.T, k=1).tocoo()
    alike = [
        (everything[i].text[:40], everything[j].text[:40])
        for i, j, common in zip(shared.row, shared.col, shared.data, strict=True)
        if common >= 0.5 * (len(grams[i]) + len(grams[j]) - common)
    ]
    assert alike == []


def test_no_skeleton_is_filled_in_twice(everything: tuple[Example, ...]) -> None:
    skeletons = Counter(_skeleton(example.text) for example in everything)
    assert [skeleton for skeleton, times in skeletons.items() if times > 1] == []


def test_openings_vary(everything: tuple[Example, ...]) -> None:
    by_writer: dict[str, Counter[str]] = defaultdict(Counter)
    for example in everything:
        by_writer[example.writer][example.text[:6]] += 1
    assert all(openings.most_common(1)[0][1] <= 12 for openings in by_writer.values())


def test_held_out_writers_are_never_learned_from() -> None:
    corpus = shipped()
    assert not {e.writer for e in corpus.learned} & {e.writer for e in corpus.held_out}
    assert not {e.text for e in corpus.learned} & {e.text for e in corpus.held_out}


def _grams(text: str) -> set[str]:
    plain = re.sub(r"\s", "", text)
    return {plain[at : at + 5] for at in range(max(1, len(plain) - 4))}


def _skeleton(text: str) -> str:
    """The text with every figure, numeral and Latin run masked, and without punctuation."""
    masked = re.sub(r"[A-Za-z0-9*一二三四五六七八九十百千万两零〇]+", "＃", text)
    return re.sub(r"[^\w＃]|_", "", masked)
