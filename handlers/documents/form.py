"""The table of a form document (督办单, 送达回证): labels and contents in two or four columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.shared import Mm
from docx.table import _Cell

from handlers.documents import styles
from handlers.documents.fill import Row

_WIDTHS: Final = (Mm(36), Mm(45), Mm(30), Mm(45))  # together the 156 mm of text


def add_form(document: Document, rows: Sequence[Row]) -> None:
    """Add a bordered table; a row of two cells stretches its content over the rest."""
    table = document.add_table(rows=0, cols=len(_WIDTHS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = width
    for row in rows:
        made = table.add_row()
        made.height, made.height_rule = Mm(row.height), WD_ROW_HEIGHT_RULE.AT_LEAST
        cells = list(made.cells)
        for cell, width in zip(cells, _WIDTHS, strict=True):
            cell.width = width
        if len(row.cells) == 2:
            cells = [cells[0], cells[1].merge(cells[3])]
        for position, (cell, text) in enumerate(zip(cells, row.cells, strict=False)):
            _write(cell, text, styles.CELL if position % 2 else styles.LABEL)


def _write(cell: _Cell, text: str, style: styles.Style) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for position, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if position == 0 else cell.add_paragraph()
        paragraph.style = style.name
        paragraph.add_run(line)
