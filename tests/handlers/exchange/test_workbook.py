"""The streamed Excel file: what goes in comes out, letter by letter, read by somebody else's reader."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from handlers.exchange import workbook
from handlers.exchange.workbook import FULL_TEXTS, LONGEST, plain, stream, written


def read(rows: list[tuple[Any, ...]], headings: tuple[str, ...] = ("编号", "文字")) -> dict[str, list[tuple[Any, ...]]]:
    file = written(stream("单", headings, rows, [10] * len(headings)), io.BytesIO())
    book = load_workbook(file)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 139", "-", "@某人", '=HYPERLINK("x")', "\t=1", "'引", "0012", "1e5", " 前后 "]
)
def test_text_that_looks_like_a_formula_comes_back_the_same_and_is_no_formula(text: str) -> None:
    file = written(stream("单", ("文字",), [(text,)], [10]), io.BytesIO())
    cell = load_workbook(file).active["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize(
    "text", ["a\x07b", "\x00", "行\r\n行", "_x0041_", "_x005F_", "<&>\"'", "\ud800", "\ufffe", "😀"]
)
def test_what_xml_cannot_hold_survives_as_the_format_says(text: str) -> None:
    ((value,),) = read([(text,)], ("文字",))["单"][1:]
    assert plain(value) == text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_survives(text: str) -> None:
    value = read([(1, text)])["单"][1][1]
    assert plain(value or "") == text


def test_a_text_too_long_is_cut_with_a_mark_and_stands_whole_on_the_last_sheet() -> None:
    long = "".join(chr(0x4E00 + n % 5000) for n in range(70_000)) + "\x07" * 20_000
    sheets = read([("1", "短"), ("2", long)])
    cut = sheets["单"][2][1]
    assert len(cut) <= LONGEST and cut.endswith("〔未完，全文见“全文”表：单第 3 行，文字〕")
    parts = sheets[FULL_TEXTS][1:]
    assert {row[:3] for row in parts} == {("单", 3, "文字")}
    assert "".join(plain(row[5]) for row in parts) == long
    assert all(len(row[5]) <= LONGEST for row in parts)


def test_instants_are_dates_of_shanghai_and_numbers_are_numbers() -> None:
    at = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
    (_, (when, number, empty)) = read([(at, 3, None)], ("时间", "数", "空"))["单"]
    assert (when, number, empty) == (datetime(2026, 11, 23, 9, 14), 3, None)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_ROWS", 11)
    sheets = read([(n, "文") for n in range(25)])
    assert [len(rows) for rows in sheets.values()] == [11, 11, 6] and list(sheets) == ["单", "单 2", "单 3"]


def test_it_goes_out_while_it_is_being_written() -> None:
    rows = iter([(str(n), "文" * 200 + str(n * 7919)) for n in range(3000)])
    chunks = stream("单", ("编号", "文字"), rows, [10, 10])
    first = next(chunk for chunk in chunks if chunk)
    assert next(rows, None) is not None, "rows are still waiting when the first bytes leave"
    rest = b"".join(chunks)
    assert zipfile.ZipFile(io.BytesIO(first + rest)).testzip() is None
