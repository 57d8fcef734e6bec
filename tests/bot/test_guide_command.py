"""`huiying guide`: the samples are there as drafts, are listed, and questions are answered one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.test_commands import folder, installation, run

__all__ = ["folder", "installation"]

QUESTIONS = '{"id": 1, "text": "高龄津贴怎么申请"}\n{"id": 2, "text": "小区停水一周了"}\nnonsense\n'


def test_a_new_installation_has_the_samples_as_drafts(installation: Path) -> None:
    listed = run("guide", "list")
    assert listed.output.count("没有生效") == 20
    assert "示例，待核实" in listed.output
    assert "代码已有" in run("guide", "load").output


def test_a_file_of_ones_own_is_loaded_and_a_faulty_one_refused(installation: Path) -> None:
    from tests.handlers.guides.test_load_and_short import ONE

    (installation / "own.toml").write_text(ONE, encoding="utf-8")
    assert "载入 1 份草稿" in run("guide", "load", "own.toml").output
    (installation / "own.toml").write_text(ONE.replace("source", "saucer"), encoding="utf-8")
    refused = run("guide", "load", "own.toml")
    assert refused.exit_code == 1
    assert "one_thing" in refused.stderr


@pytest.mark.usefixtures("folder")
def test_a_question_is_answered_without_a_database_from_the_samples() -> None:
    asked = run("guide", "ask", "高龄津贴怎么申请")
    assert "随附的示例" in asked.stderr
    assert json.loads(asked.stdout)["guide"] == "old_age_allowance"
    assert json.loads(run("guide", "ask", "--samples", "小区停水一周了").stdout)["guide"] is None
    assert run("guide", "ask").exit_code == 2


@pytest.mark.usefixtures("folder")
def test_json_lines_give_one_answer_each_and_a_bad_line_its_error() -> None:
    answers = [
        json.loads(line) for line in run("guide", "ask", "--jsonl", "--samples", text=QUESTIONS).stdout.splitlines()
    ]
    assert [(a["id"], a.get("guide")) for a in answers] == [(1, "old_age_allowance"), (2, None), (None, None)]
    assert set(answers[0]) == {"id", "guide", "confidence", "evidence", "why"}
    assert answers[0]["evidence"][0]["text"] == "高龄津贴"
    assert "error" in answers[2]
