"""Labelled CSVs (``id,text,kind,topic,topic_2,sentiment,urgent,grade``), row by row; bad rows are left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from handlers.errors import InvalidInput
from handlers.understanding.training.examples import Example, example_of

LABELLED: Final = ("kind", "topic", "topic_2", "sentiment", "urgent", "grade")
#: What a spreadsheet makes of 0 and 1.
_FLAGS: Final = {"": "", "0": "0", "1": "1", "0.0": "0", "1.0": "1", "false": "0", "true": "1"}
_LONGEST_CELL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message of a file; an empty label is not known."""

    ident: str
    example: Example


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: the line of the file it ends on (from 1), its id as far as there is one, and why."""

    line: int
    ident: str
    reason: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a file holds, and which columns of labels it has."""

    rows: tuple[Row, ...]
    bad: tuple[BadRow, ...]
    columns: tuple[str, ...]


def read_labelled(path: Path) -> Labelled:
    """Read a file in UTF-8 (with or without mark) or, as Excel saves it here, GB 18030.

    Raises :class:`InvalidInput` when it has no column ``text``; a bad row is named in the result, the rest goes on.
    """
    reader = csv.reader(io.StringIO(_decoded(path.read_bytes()), newline=""))
    csv.field_size_limit(_LONGEST_CELL)
    try:
        head = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as fault:
        raise InvalidInput(f"{path.name} 不是 CSV 文件：{fault}") from fault
    if "text" not in head:
        raise InvalidInput(f"{path.name} 没有 text 这一列；第一行应是列名：id,text,{','.join(LABELLED)}。")
    rows, bad = list[Row](), list[BadRow]()
    for found in _rows(reader, head):
        (rows if isinstance(found, Row) else bad).append(found)  # type: ignore[arg-type]
    return Labelled(tuple(rows), tuple(bad), tuple(name for name in LABELLED if name in head))


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _rows(reader: Iterator[list[str]], head: list[str]) -> Iterator[Row | BadRow]:
    number = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as fault:  # a cell too long, say; the reader goes on behind it
            yield BadRow(_line(reader), "", str(fault))
            continue
        if cells is None:
            return
        if not any(cells):
            continue
        number += 1
        yield _row(dict(zip(head, cells, strict=False)), len(cells), len(head), _line(reader), number)


def _line(reader: Iterator[list[str]]) -> int:
    return int(getattr(reader, "line_num", 0))


def _row(cells: dict[str, str], given: int, wanted: int, line: int, number: int) -> Row | BadRow:
    ident = cells.get("id", "").strip()
    if given > wanted:
        return BadRow(line, ident, f"有 {given} 格，列名只有 {wanted} 个：正文里的逗号要用引号括起来")
    if "text" not in cells:
        return BadRow(line, ident, "没有正文（text）")
    labels = {name: cells.get(name, "").strip() for name in LABELLED}
    flag = _FLAGS.get(labels["urgent"].lower())
    if flag is None:
        return BadRow(line, ident, f"urgent 应是 0、1 或空，这里是 {labels['urgent'][:20]!r}")
    try:
        return Row(ident or str(number), example_of({**labels, "urgent": flag, "text": cells["text"]}))
    except ValueError as fault:
        return BadRow(line, ident, str(fault)[:300])
