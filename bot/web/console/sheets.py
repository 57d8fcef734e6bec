"""Excel sheets written row by row: no formula from data, no control characters, columns wide enough for 汉字."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from handlers.text import storable

Value = str | int | float | None
#: A value with how it is shown (an Excel number format).
Formatted = tuple[Value, str]
PERCENT: Final = "0.0%"
_A4: Final = "9"
_LONGEST: Final = 32_000  # Excel holds 32,767 characters in a cell
_FORMULA: Final = re.compile(r"^[\s\ufeff]*[=+\-@\t\r\n]")
_HEAD: Final = PatternFill("solid", fgColor="E2EEF0")
_BOLD: Final = Font(bold=True)
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")


def safe_text(text: str) -> str:
    """Return ``text`` as Excel can hold it and will never calculate it: a leading ``= + - @`` or tab gets a quote."""
    plain = storable(text).replace("\r\n", "\n").replace("\r", "\n")[:_LONGEST]
    return f"'{plain}" if _FORMULA.match(text) or _FORMULA.match(plain) else plain


def width_of(text: str) -> int:
    """Return how many columns of an even-spaced font the widest line takes; 汉字 take two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in text.split("\n")),
        default=0,
    )


class Sheet:
    """One sheet of a write-only workbook; ``columns`` are (heading, width in characters, 0 = as the heading needs)."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[tuple[str, int]], *, wrapped: bool = False) -> None:
        self._sheet: Any = book.create_sheet(name)
        self._wrapped = wrapped
        for index, (heading, width) in enumerate(columns, 1):
            wide = max(width, width_of(heading)) + 2
            self._sheet.column_dimensions[get_column_letter(index)].width = min(90, wide)
        self._sheet.freeze_panes = "B2"
        self._sheet.page_setup.orientation = "landscape"
        self._sheet.page_setup.paperSize = _A4
        self._sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self._sheet.page_setup.fitToHeight = 0
        self._sheet.print_title_rows = "1:1"
        self._sheet.append([self._heading(heading) for heading, _ in columns])
        self.rows = 0

    def add(self, values: Iterable[Value | Formatted]) -> None:
        """Append one row."""
        self._sheet.append([self._cell(value) for value in values])
        self.rows += 1

    def _heading(self, text: str) -> Any:
        cell = WriteOnlyCell(self._sheet, safe_text(text))
        cell.font, cell.fill = _BOLD, _HEAD
        return cell

    def _cell(self, given: Value | Formatted) -> Any:
        value, shown = given if isinstance(given, tuple) else (given, "")
        if not isinstance(value, str):
            cell = WriteOnlyCell(self._sheet, value)
            if shown:
                cell.number_format = shown
            return cell
        cell = WriteOnlyCell(self._sheet, safe_text(value))
        cell.data_type = "s"
        if self._wrapped:
            cell.alignment = _WRAPPED
        return cell
