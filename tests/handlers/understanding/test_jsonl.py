"""One line of ``huiying classify`` has the shape of the product's interface."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.organisation.load import shipped
from handlers.understanding.factory import build
from handlers.understanding.jsonl import classify_line

PROFILE = shipped("hohhot-2018")
READER = build("rules")


def answer(line: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(classify_line(line, READER, PROFILE))
    return told


def test_a_line_is_answered_with_labels_section_and_evidence() -> None:
    told = answer(json.dumps({"id": "a1", "text": "您好，请问低保怎么申请"}))
    assert list(told) == [
        "id",
        "kind",
        "topic",
        "topic_2",
        "sentiment",
        "urgent",
        "needs_person",
        "section",
        "confidence",
        "evidence",
        "model",
    ]
    assert (told["id"], told["topic"], told["section"]) == ("a1", "social_assistance", "social_relief_office")
    assert told["evidence"]["topic"][0] | {"weight": 0} == {"start": 5, "end": 7, "text": "低保", "weight": 0}


def test_what_is_not_scored_is_null() -> None:
    told = answer('{"id": 7, "text": ""}')
    assert (told["kind"], told["topic"], told["urgent"], told["section"]) == (None, None, None, None)
    assert told["needs_person"] is True


@pytest.mark.parametrize(
    ("line", "identity"),
    [("", None), ("{", None), ("[1]", None), ('{"id": 2}', 2), ('{"id": "x", "text": 5}', "x"), ("[" * 100_000, None)],
)
def test_a_line_that_cannot_be_read_is_answered_with_its_error(line: str, identity: object) -> None:
    told = answer(line)
    assert set(told) == {"id", "error"} and told["id"] == identity and told["error"]


def test_a_lone_surrogate_does_not_break_the_answer() -> None:
    line = classify_line('{"id": "\\ud800", "text": "低保\\ud800怎么申请"}', READER, PROFILE)
    assert line.encode("utf-8") and "\n" not in line
