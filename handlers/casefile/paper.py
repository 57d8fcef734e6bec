"""The case file as a numbered Word file in the layout of GB/T 9704: cover sheet, list of contents, seventeen parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table

from handlers.casefile.gather import CaseFile
from handlers.casefile.parts import cover_rows, parts
from handlers.casefile.shapes import Block, Grid, Part
from handlers.core import Core
from handlers.deadlines.worktime import SHANGHAI
from handlers.documents import styles
from handlers.documents.elements import even_and_odd, language
from handlers.documents.layout import packed, set_page
from handlers.text import storable

_WIDTH: Final = 156  # millimetres of text
_SMALL: Final = 10.5  # 五号, for tables
_LINE: Final = 16


def to_paper(file: CaseFile, core: Core) -> bytes:
    """Return the Word file."""
    document = docx.Document()
    styles.install(document)
    set_page(document, first=True)
    even_and_odd(document)
    language(document)
    _properties(document, file, core)
    found = parts(file, core)
    _cover(document, file, core, found)
    for number, part in enumerate(found, 1):
        _part(document, number, part)
    return packed(document, file.made_at)


def _cover(document: Document, file: CaseFile, core: Core, found: Sequence[Part]) -> None:
    organ = _add(document, styles.ORGAN, core.profile().name)
    organ.paragraph_format.space_before = Mm(18)
    organ.runs[0].font.size = Pt(30)
    title = _add(document, styles.TITLE, "群众诉求卷宗")
    title.paragraph_format.space_before, title.paragraph_format.space_after = Mm(12), Mm(6)
    _add(document, styles.NUMBER, f"卷宗号 {file.serial}").paragraph_format.space_after = Mm(8)
    _table(document, Grid((), (34, 122), cover_rows(file)), size=12.0)
    listing = _add(document, styles.TITLE, "卷内目录")
    listing.paragraph_format.page_break_before = True
    listing.paragraph_format.space_after = Mm(6)
    rows = [(str(number), part.title, part.count) for number, part in enumerate(found, 1)]
    _table(document, Grid(("序号", "内容", "件数"), (18, 112, 26), rows), size=12.0)


def _part(document: Document, number: int, part: Part) -> None:
    heading = _add(document, styles.FIRST_LEVEL, f"{_chinese(number)}、{part.title}")
    heading.paragraph_format.space_before = Mm(7)
    heading.paragraph_format.page_break_before = number == 1
    if not part.content:
        _add(document, styles.TEXT, "（无）")
    for item in part.content:
        if isinstance(item, Grid):
            _table(document, item)
        else:
            _block(document, item)


def _block(document: Document, block: Block) -> None:
    if block.title:
        head = _add(document, styles.SECOND_LEVEL, block.title)
        head.paragraph_format.keep_with_next = True
        head.paragraph_format.space_before = Pt(6)
    for line in block.text.split("\n") if block.text else ():
        _add(document, styles.TEXT, line)


def _table(document: Document, grid: Grid, size: float = _SMALL) -> None:
    table = document.add_table(rows=0, cols=len(grid.widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    scale = _WIDTH / sum(grid.widths)
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = Mm(width * scale)
    if grid.head:
        _row(table, grid, grid.head, size, bold=True)
        _repeat_head(table)
    for cells in grid.rows:
        _row(table, grid, cells, size, bold=False, labelled=not grid.head)
    # Two tables that touch would be one, and text right below a frame is hard to read.
    document.add_paragraph(style=styles.ADDRESSEE.name).paragraph_format.line_spacing = Pt(8)


def _row(table: Table, grid: Grid, cells: Sequence[str], size: float, *, bold: bool, labelled: bool = False) -> None:
    added: Any = table
    row = added.add_row()
    _whole(row)
    scale = _WIDTH / sum(grid.widths)
    for position, (cell, text, width) in enumerate(zip(row.cells, cells, grid.widths, strict=True)):
        cell.width = Mm(width * scale)
        head = bold or (labelled and position == 0)
        for place, line in enumerate(storable(text or "—").split("\n")):
            paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
            paragraph.style = (styles.LABEL if head else styles.CELL).name
            paragraph.paragraph_format.line_spacing = Pt(max(_LINE, size * 1.5))
            paragraph.add_run(line).font.size = Pt(size)


def _repeat_head(table: Table) -> None:
    """The head of a table stands on each of its pages."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def _whole(row: Any) -> None:
    """A row is not torn apart between two pages."""
    mark = OxmlElement("w:cantSplit")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _add(document: Document, style: styles.Style, text: str) -> Any:
    return document.add_paragraph(storable(text), style=style.name)


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")


def _properties(document: Document, file: CaseFile, core: Core) -> None:
    about: Any = document.core_properties
    about.title, about.subject = f"群众诉求卷宗 {file.serial}", file.number
    about.author = about.last_modified_by = core.profile().name
    about.comments, about.keywords, about.language, about.revision = "", "", "zh-CN", 1
    about.created = about.modified = file.made_at.astimezone(SHANGHAI).replace(tzinfo=None)
