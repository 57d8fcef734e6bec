"""Reading a list as other platforms give it out: xlsx, or csv in UTF-8 or GB18030; every cell as plain text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from openpyxl import load_workbook

from handlers.errors import InvalidInput
from handlers.exchange.workbook import plain
from handlers.text import storable

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 120
_UNPACKED: Final = 300 * 1024 * 1024
_HEAD_WITHIN: Final = 8  # rows in which the headings are looked for: a title may stand above them
_OLD_EXCEL: Final = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True, slots=True)
class Table:
    """``headers`` in the file's order; ``rows`` are (row number in the file, cells as many as headers)."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(data: bytes, filename: str, known: frozenset[str] = frozenset()) -> Table:
    """Read a file; ``known`` are headings by which the heading row is recognised. Raises InvalidInput."""
    if not data:
        raise InvalidInput("这个文件是空的。", "file")
    if data.startswith(_OLD_EXCEL):
        raise InvalidInput("这是旧版 Excel（.xls）。请在 Excel 或 WPS 里另存为 .xlsx，再上传。", "file")
    lines = list(_bounded(_xlsx(data) if data.startswith(b"PK") else _csv(data)))
    at = _heading(lines, known)
    if at is None:
        raise InvalidInput("没有找到表头：第一行应是各列的名称。", "file")
    headers = _trimmed(lines[at][1])
    if len(headers) > MOST_COLUMNS:
        raise InvalidInput(f"列太多（{len(headers)}），最多 {MOST_COLUMNS} 列。", "file")
    width = len(headers)
    rows = [(place, (*cells[:width], *[""] * (width - len(cells)))) for place, cells in lines[at + 1 :] if any(cells)]
    if not rows:
        raise InvalidInput("表头下面没有数据。", "file")
    return Table(tuple(headers), tuple(rows))


def _bounded(lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines):
        if number > MOST_ROWS + _HEAD_WITHIN:
            raise InvalidInput(f"一次最多 {MOST_ROWS} 行，请分成几个文件。", "file")
        yield line


def _heading(lines: Sequence[tuple[int, list[str]]], known: frozenset[str]) -> int | None:
    """The row with the most known headings; else the first with two cells or more."""
    first = [(sum(cell in known for cell in cells), -at) for at, (_, cells) in enumerate(lines[:_HEAD_WITHIN])]
    best = max(first, default=(0, 0))
    if best[0]:
        return -best[1]
    return next((at for at, (_, cells) in enumerate(lines[:_HEAD_WITHIN]) if sum(map(bool, cells)) > 1), None)


def _trimmed(cells: list[str]) -> list[str]:
    last = max((at for at, cell in enumerate(cells) if cell), default=-1)
    return [cell or f"第 {at} 列" for at, cell in enumerate(cells[: last + 1], 1)]


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _UNPACKED:
                raise InvalidInput("这个文件展开后太大，请分成几个。", "file")
        book: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for place, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield place, [_text(value) for value in row]
        book.close()
    except InvalidInput:
        raise
    except Exception as fault:  # whatever a broken file makes of the reader, people are told one thing
        raise InvalidInput("这个 Excel 文件读不出来，可能已损坏。请重新导出或另存一次。", "file") from fault


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return storable(plain(str(value))).strip()


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    mark = max((",", "\t", ";", "，"), key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        for place, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 1):
            yield place, [_from_csv(cell) for cell in row]
    except csv.Error as fault:
        raise InvalidInput("这个 CSV 文件读不出来：引号或分隔符不完整。", "file") from fault


def _from_csv(cell: str) -> str:
    """A cell as it was meant: platforms write long numbers as ="…" or with a tab, so that Excel leaves them alone."""
    cell = storable(cell).strip()
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        cell = cell[2:-1]
    return cell.strip("\t ")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for code in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("认不出这个文件的编码。请另存为 UTF-8 或 GB18030（简体中文）的 CSV，或另存为 xlsx。", "file")
