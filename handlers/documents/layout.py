"""A filled document as a Word file laid out by GB/T 9704-2012: A4, 156 × 225 mm of text, 22 lines of 3号仿宋."""

from __future__ import annotations

import io
import math
import re
import zipfile
from datetime import datetime
from typing import Any, Final

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from handlers.deadlines.worktime import SHANGHAI
from handlers.documents import styles
from handlers.documents.elements import (
    draw_line,
    even_and_odd,
    head_of_letter,
    indent_right,
    language,
    page_numbers,
    wide,
)
from handlers.documents.fill import Filled
from handlers.documents.form import add_form

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FIRST_LEVEL = re.compile(r"[一二三四五六七八九十]+、")
_SECOND_LEVEL = re.compile(r"（[一二三四五六七八九十]+）")
_HEADING_ENDS = tuple("。；，：！？")
_WIDEST_ORGAN: Final = 430  # points: a little less than the 156 mm of text
_LINE_WIDTH: Final = 441  # points: 28 characters
_LETTER_LINES: Final = 20  # what a letter's first page holds below its head
_MOST_SAVED: Final = 2
_WHOLE: Final = 56  # a longer last paragraph may go over two pages; its end stays with the name
_SHORT: Final = 14  # a last paragraph of so few characters takes the one before it along


def to_docx(filled: Filled, now: datetime) -> bytes:
    """Return the Word file; equal documents made at the same instant are equal bytes."""
    document = docx.Document()
    styles.install(document)
    set_page(document, first=filled.head == "document")
    language(document)
    _properties(document, filled, now)
    _head(document, filled)
    _middle(document, filled)
    _end(document, filled)
    return packed(document, now)


def set_page(document: Document, *, first: bool) -> None:
    """Lay out the pages; ``first`` says whether the first one has its number, too."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # The page number stands 7 mm below the text.
    section.header_distance, section.footer_distance = Mm(15), Mm(22)
    even_and_odd(document)
    page_numbers(section, first=first)


def _head(document: Document, filled: Filled) -> None:
    size = min(40, _WIDEST_ORGAN / max(len(filled.organ), 1))
    if filled.head == "letter":
        head_of_letter(document.sections[0], filled.organ, size)
        _add(document, styles.NUMBER_RIGHT, filled.number).paragraph_format.space_before = Pt(14)
        _blank(document, 1 if _just_too_long(filled) else 2)
    elif filled.head == "document":
        organ = _add(document, styles.ORGAN, filled.organ)
        organ.paragraph_format.space_before = Mm(35)
        organ.runs[0].font.size = Pt(size)
        _blank(document, 2)
        draw_line(_add(document, styles.NUMBER, filled.number), "bottom", "single", 12, space=11)
        _blank(document, 2)
    else:
        _add(document, styles.TITLE, filled.organ)
    title = _add(document, styles.TITLE, balanced(filled.title, int(_LINE_WIDTH // 22)))
    if filled.head == "plain":
        title.paragraph_format.space_after = Pt(12)
        _add(document, styles.NUMBER_RIGHT, filled.number).paragraph_format.space_after = Pt(4)
    else:
        _blank(document, 1)


def balanced(title: str, longest: int) -> str:
    """Break a long title into lines of like length where the sense allows it (GB/T 9704-2012, 7.3.1)."""
    lines = math.ceil(len(title) / longest)
    if lines < 2:
        return title
    ideal = math.ceil(len(title) / lines)
    places = [i for i in range(max(1, ideal - 4), min(longest, ideal + 4) + 1) if i < len(title)]
    cut = min(places, key=lambda i: (abs(i - ideal) - 5 * _good_break(title, i), i))
    return f"{title[:cut]}\n{balanced(title[cut:], longest)}"


def _good_break(title: str, at: int) -> bool:
    return title[at - 1] in "”》）的" and title[at] not in "”》），。、的函"


def _middle(document: Document, filled: Filled) -> None:
    if filled.addressee:
        _add(document, styles.ADDRESSEE, filled.addressee)
    for text in filled.paragraphs:
        _add(document, _style_of(text), text)
    if filled.rows:
        add_form(document, filled.rows)
    if filled.attached:
        _blank(document, 1)
        _add(document, styles.ATTACHED, filled.attached)
    short = bool(filled.paragraphs) and len(filled.paragraphs[-1]) <= _SHORT
    _hold_together(document, 1 + short + 2 * bool(filled.attached))


def _hold_together(document: Document, last: int) -> None:
    """The organ's name and the date never stand on a page without text (GB/T 9704-2012, 7.3.5)."""
    for paragraph in document.paragraphs[-last:]:
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.keep_together = len(paragraph.text) <= _WHOLE


def _just_too_long(filled: Filled) -> bool:
    """Whether a letter fits its page once two lines are saved."""
    texts = [filled.addressee, *filled.paragraphs, filled.note]
    lines = sum(math.ceil((wide(text, 15.75) + 2 * styles.BODY) / _LINE_WIDTH) for text in texts if text)
    lines += 2 * bool(filled.attached) + math.ceil(wide(filled.title, 22) / _LINE_WIDTH)
    frame = 1 + 2 + 1 + 2 + 2  # number, two lines, one below the title, two above the name, name and date
    return _LETTER_LINES < lines + frame <= _LETTER_LINES + _MOST_SAVED


def _style_of(text: str) -> styles.Style:
    """A heading is numbered, short and ends without a stop; everything else is text."""
    short = len(text) <= 25 and not text.endswith(_HEADING_ENDS)
    if short and _FIRST_LEVEL.match(text):
        return styles.FIRST_LEVEL
    if short and _SECOND_LEVEL.match(text):
        return styles.SECOND_LEVEL
    return styles.TEXT


def _end(document: Document, filled: Filled) -> None:
    """The organ's name is centred over the date, which leaves four characters to the right, for the seal."""
    if not filled.signed:
        return
    _blank(document, 1 if filled.rows or _just_too_long(filled) else 2)
    _hold_together(document, 2)
    dated, signed = wide(filled.dated, styles.BODY), wide(filled.signed, styles.BODY)
    from_edge = 4 * styles.BODY
    indent_right(_add(document, styles.SIGNED, filled.signed), max(0.0, from_edge + (dated - signed) / 2))
    indent_right(_add(document, styles.DATED, filled.dated), max(from_edge, (signed - dated) / 2))
    if filled.note:
        _add(document, styles.NOTE, filled.note if filled.note.startswith("（") else f"（{filled.note}）")


def _add(document: Document, style: styles.Style, text: str) -> Paragraph:
    return document.add_paragraph(text, style=style.name)


def _blank(document: Document, lines: int) -> None:
    for _ in range(lines):
        _add(document, styles.ADDRESSEE, "")


def _properties(document: Document, filled: Filled, now: datetime) -> None:
    core: Any = document.core_properties
    core.title, core.author, core.last_modified_by = filled.title, filled.organ, filled.organ
    core.subject, core.comments, core.keywords, core.language = filled.number, "", "", "zh-CN"
    core.created = core.modified = now.astimezone(SHANGHAI).replace(tzinfo=None)
    core.revision = 1


def packed(document: Document, now: datetime) -> bytes:
    """Return the file with one instant in all entries, and without the preview picture of the library's template."""
    raw, out = io.BytesIO(), io.BytesIO()
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[key]
    document.save(raw)
    stamp = now.astimezone(SHANGHAI).timetuple()[:6]
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()
