"""A labelled file is read as people save it; what cannot be read is named and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.errors import InvalidInput
from handlers.understanding.evaluation.rows import read_labelled

HEAD = "id,text,kind,topic,topic_2,sentiment,urgent\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "labelled.csv"


def test_a_row_gives_its_text_and_labels(file: Path) -> None:
    file.write_text(HEAD + 'a1,"低保，怎么办\n第二行",consultation,social_assistance,,neutral,0\n', encoding="utf-8")
    (row,) = read_labelled(file).rows
    assert (row.ident, row.example.text) == ("a1", "低保，怎么办\n第二行")
    assert (row.example.kind, row.example.topic_2, row.example.urgent) == ("consultation", "", "0")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_saved_by_a_spreadsheet_is_read_too(file: Path, encoding: str) -> None:
    file.write_text("ID,Text,urgent\n1,低保怎么办,1.0\n", encoding=encoding)
    found = read_labelled(file)
    assert found.rows[0].example.text == "低保怎么办" and found.rows[0].example.urgent == "1"
    assert found.columns == ("urgent",)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("b,你好,nonsense,,,,", "kind 'nonsense' is not one of"),
        ("b,你好,help,,,,maybe", "urgent 应是 0、1 或空"),
        ("b,你好,help,,,,0,多了一格", "要用引号括起来"),
        ("b", "没有正文"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_goes_on(file: Path, line: str, told: str) -> None:
    file.write_text(HEAD + f"a,早,praise,,,,\n{line}\nc,晚,praise\n", encoding="utf-8")
    found = read_labelled(file)
    assert [row.ident for row in found.rows] == ["a", "c"]
    (bad,) = found.bad
    assert (bad.line, bad.ident) == (3, "b") and told in bad.reason


def test_a_cell_without_end_does_not_break_the_reading(file: Path) -> None:
    file.write_text(HEAD + f"a,早,praise\nb,{'长' * 1_000_001},praise\nc,晚,praise\n", encoding="utf-8")
    found = read_labelled(file)
    assert found.rows[0].ident == "a" and len(found.bad) == 1


def test_a_row_without_an_id_is_known_by_its_number(file: Path) -> None:
    file.write_text("text,kind\n早,praise\n\n晚,help\n", encoding="utf-8")
    assert [row.ident for row in read_labelled(file).rows] == ["1", "2"]


@pytest.mark.parametrize("content", ["", "id,body\n1,早\n", "\x00\x01"])
def test_a_file_without_texts_is_refused_with_what_it_should_look_like(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"text"):
        read_labelled(file)
