"""`huiying evaluate` and `model curve` as whoever judges the understanding meets them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from handlers.understanding.evaluation.figures import figures_of
from handlers.understanding.training import curve
from handlers.understanding.training.measure import LABELS, Measured

ROWS = """id,text,kind,topic,topic_2,sentiment,urgent
a,请问低保怎么申请,consultation,social_assistance,,neutral,0
b,我不想活了,help,,,negative,1
c,多余,一格,,,,,,,
d,感谢福利科的张姐，服务真好,praise,elderly_care,,positive,0
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "labelled.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_figures_are_shown_in_plain_words_with_intervals_and_bad_rows_named(file: Path) -> None:
    told = run("evaluate", str(file), "--understanding", "rules", "--no-snownlp")
    assert told.exit_code == 0, told.output
    assert "labelled.csv 第 4 行（c）没有计入" in told.output
    for words in ("3 条，1 行没有计入", "业务类别", "macro-F1", "不经人自动转办的", "真紧急", "95% 区间"):
        assert words in told.output
    assert "SnowNLP" not in told.output


def test_every_table_fits_eighty_columns(file: Path) -> None:
    from rich.cells import cell_len

    told = run("evaluate", str(file), "--understanding", "rules", "--no-snownlp").stdout
    assert max(cell_len(line) for line in told.splitlines() if line.startswith(("┏", "│", "└"))) <= 80


def test_json_is_for_machines_with_nothing_else_on_standard_output(file: Path) -> None:
    told = json.loads(run("evaluate", str(file), str(file), "--understanding", "rules", "--json").stdout)
    assert told["understanding"] == "rules-1" and len(told["files"]) == 2
    one = told["files"][0]
    assert (one["rows"], one["bad_rows"][0]["id"], one["urgent"]["found"]) == (3, "c", 1)
    assert one["snownlp"]["n"] == 3


def test_what_was_misread_is_written_by_id_without_a_text(file: Path) -> None:
    told = run("evaluate", str(file), "--understanding", "rules", "--no-snownlp", "--wrong", "wrong.csv")
    assert told.exit_code == 0
    with Path("wrong.csv").open(encoding="utf-8-sig") as opened:
        rows = list(csv.DictReader(opened))
    assert rows == [] or {row["id"] for row in rows} <= {"a", "b", "d"}
    assert "低保" not in Path("wrong.csv").read_text(encoding="utf-8-sig")


def test_a_missing_or_unreadable_file_is_said_so(file: Path) -> None:
    assert "没有这个文件" in run("evaluate", "nowhere.csv", "--understanding", "rules").output
    file.write_text("id,body\n", encoding="utf-8")
    refused = run("evaluate", str(file), "--understanding", "rules")
    assert refused.exit_code == 1 and "没有 text 这一列" in refused.output
    file.write_text("id,text\n", encoding="utf-8")
    assert run("evaluate", str(file), "--understanding", "rules").exit_code == 1


def _points(*sizes: int) -> Iterator[curve.Point]:
    figures = {label: figures_of([("a", "a"), ("a", "b")]) for label in LABELS}
    for size in sizes:
        yield curve.Point(size, 100 + size, Measured(8, figures, 4, 3))


def test_the_learning_curves_are_shown_point_by_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curve, "by_examples_per_class", lambda: _points(25, 0))
    monkeypatch.setattr(curve, "by_corrections", lambda: _points(0, 50))
    told = run("model", "curve").stdout
    assert "的更正带来什么" in told and "全部" in told and "3/4 (75.0%)" in told
    found = json.loads(run("model", "curve", "--json").stdout)
    assert [point["size"] for point in found["corrections"]] == [0, 50]
    assert found["examples_per_topic"][0]["macro_f1"]["topic"] == pytest.approx(2 / 3, abs=1e-4)
