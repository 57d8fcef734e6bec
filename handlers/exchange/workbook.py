"""An Excel file written row by row into a stream, in flat memory: text stays text, letter by letter.

Text goes in as *inline strings*: a spreadsheet never calculates them, so that ``=1+1`` needs no quote before it and
comes back as it was. Characters that XML cannot hold are written as the format itself says (ECMA-376, ST_Xstring):
``_x0007_`` stands for U+0007, and a text that really says ``_x0007_`` becomes ``_x005F_x0007_``; Excel and LibreOffice
turn both back. A text longer than a cell holds is cut with a mark, and stands whole, in parts, on a last sheet 全文.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any, Final, cast

from handlers.deadlines.worktime import SHANGHAI

Cell = str | int | float | datetime | None
LONGEST: Final = 32_767  # UTF-16 units in a cell
FULL_TEXTS: Final = "全文"
_ROWS: Final = 1_000_000
_BYTES: Final = 1_000_000_000  # of one sheet's XML; the next one goes on
_PART: Final = 16_000
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's calendar has no zones
_UNSAFE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NS: Final = "http://schemas.openxmlformats.org"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_NS}/spreadsheetml/2006/main"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/></font>'
    '<font><b/><sz val="11"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE2EEF0"/>'
    '</patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf fontId="1" fillId="2" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="49" quotePrefix="1" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)  # 1 heading, 2 text (typing over it keeps it text), 3 instant


class _Sink:
    """What the archive is written to; what has gathered is taken away and sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def stream(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int]
) -> Iterator[bytes]:
    """Yield the bytes of a workbook with one sheet ``name`` (and further ones where it is too long for one)."""
    sink, sheets = _Sink(), list[str]()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept, zipfile.ZipFile(
        cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED, compresslevel=3
    ) as book:  # fmt: skip
        waiting = iter(rows)
        ended = False
        while not ended:
            sheets.append(name if not sheets else f"{name} {len(sheets) + 1}")
            with book.open(f"xl/worksheets/sheet{len(sheets)}.xml", "w") as sheet:
                writer = _Sheet(sheet, sheets[-1], headings, widths, kept)
                while writer.has_room:
                    row = next(waiting, None)
                    if row is None:
                        ended = True
                        break
                    writer.add(row)
                    if writer.rows % 500 == 0:
                        yield sink.take()
                writer.end()
        if kept.tell():
            sheets.append(FULL_TEXTS)
            with book.open(f"xl/worksheets/sheet{len(sheets)}.xml", "w") as sheet:
                yield from _full_texts(sheet, kept, sink)
        _frame(book, sheets)
    yield sink.take()


def plain(text: str) -> str:
    """Return a cell's text as it was before it was made fit for XML (for readers that do not do it themselves)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class _Sheet:
    """One sheet while it is written."""

    def __init__(
        self, out: IO[bytes], name: str, headings: Sequence[str], widths: Sequence[int], kept: IO[str] | None
    ) -> None:
        self._out, self._name, self._headings, self._kept = out, name, headings, kept
        self.rows, self._bytes = 1, 0
        columns = "".join(
            f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(widths, 1)
        )
        self._put(
            f'{_HEAD}<worksheet xmlns="{_NS}/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">'
            '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView>'
            f"</sheetViews><cols>{columns}</cols><sheetData><row>"
            + "".join(f'<c s="1" t="inlineStr"><is><t>{_xml(text)}</t></is></c>' for text in headings)
            + "</row>"
        )

    @property
    def has_room(self) -> bool:
        """Whether another row may follow."""
        return self.rows < _ROWS and self._bytes < _BYTES

    def add(self, row: Sequence[Cell]) -> None:
        """Append one row."""
        self.rows += 1
        self._put(f"<row>{''.join([self._cell(value, place) for place, value in enumerate(row)])}</row>")

    def end(self) -> None:
        """Close the sheet's XML."""
        self._put("</sheetData></worksheet>")

    def _put(self, xml: str) -> None:
        self._bytes += self._out.write(xml.encode("utf-8"))

    def _cell(self, value: Cell, place: int) -> str:
        if value is None or value == "":
            return "<c/>"
        if isinstance(value, str):
            text = value if len(value) <= LONGEST // 2 else self._shortened(value, place)
            return f'<c s="2" t="inlineStr"><is><t xml:space="preserve">{_xml(text)}</t></is></c>'
        if isinstance(value, datetime):
            local = value.astimezone(SHANGHAI).replace(tzinfo=None) - _EPOCH
            return f'<c s="3"><v>{local.total_seconds() / 86_400:.9f}</v></c>'
        return f"<c><v>{value}</v></c>"

    def _shortened(self, text: str, place: int) -> str:
        if _units(_escaped(text)) <= LONGEST or self._kept is None:
            return text
        self._kept.write(json.dumps([self._name, self.rows, self._headings[place], text]) + "\n")
        return (
            f"{text[:_PART]}…〔未完，全文见“{FULL_TEXTS}”表：{self._name}第 {self.rows} 行，{self._headings[place]}〕"
        )


def _full_texts(out: IO[bytes], kept: IO[str], sink: _Sink) -> Iterator[bytes]:
    sheet = _Sheet(out, FULL_TEXTS, ("表", "行", "列", "第几段", "共几段", "文字"), (12, 8, 12, 8, 8, 90), None)
    kept.seek(0)
    for line in kept:
        name, row, heading, text = json.loads(line)
        parts = [text[start : start + _PART // 4] for start in range(0, len(text), _PART // 4)]
        for number, part in enumerate(parts, 1):
            sheet.add((name, row, heading, number, len(parts), part))
        yield sink.take()
    sheet.end()


def _frame(book: zipfile.ZipFile, sheets: Sequence[str]) -> None:
    """What makes a workbook of the sheets: the list of parts, of sheets, and how they refer to each other."""
    places = range(1, len(sheets) + 1)
    part = '<Override PartName="/xl/{}" ContentType="{}.{}+xml"/>'.format
    refers = '<Relationship Id="r{}" Type="' + f"{_NS}/officeDocument/2006/relationships/" + '{}" Target="{}"/>'
    relations = f'{_HEAD}<Relationships xmlns="{_NS}/package/2006/relationships">'
    book.writestr(
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_NS}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + part("workbook.xml", _TYPES, "sheet.main") + part("styles.xml", _TYPES, "styles")
        + "".join(part(f"worksheets/sheet{i}.xml", _TYPES, "worksheet") for i in places) + "</Types>",
    )  # fmt: skip
    book.writestr("_rels/.rels", relations + refers.format(1, "officeDocument", "xl/workbook.xml") + "</Relationships>")
    book.writestr(
        "xl/_rels/workbook.xml.rels",
        relations + "".join(refers.format(i, "worksheet", f"worksheets/sheet{i}.xml") for i in places)
        + refers.format(len(sheets) + 1, "styles", "styles.xml") + "</Relationships>",
    )  # fmt: skip
    listed = "".join(f'<sheet name="{_xml(name)}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1))
    book.writestr(
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_NS}/spreadsheetml/2006/main" '
        f'xmlns:r="{_NS}/officeDocument/2006/relationships"><sheets>{listed}</sheets></workbook>',
    )
    book.writestr("xl/styles.xml", _STYLES)


def _escaped(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _xml(text: str) -> str:
    return _escaped(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def written(chunks: Iterable[bytes], to: Any) -> Any:
    """Write a streamed workbook into a file; gives the file back, at its start."""
    for chunk in chunks:
        to.write(chunk)
    to.seek(0)
    return to
