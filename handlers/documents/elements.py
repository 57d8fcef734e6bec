"""What python-docx has no words for: lines, page numbers, the head of a letter, the language of a document."""

from __future__ import annotations

import unicodedata
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from handlers.documents import styles


def wide(text: str, size: float) -> float:
    """Return about how wide a line is in points: Chinese characters a full square, others half of one."""
    return sum(size if unicodedata.east_asian_width(c) in "WFA" else size / 2 for c in text)


def indent_right(paragraph: Paragraph, points: float) -> None:
    """Keep a right-aligned paragraph away from the edge."""
    paragraph.paragraph_format.right_indent = Pt(points)


def draw_line(paragraph: Paragraph, side: str, kind: str, eighths: int, space: int = 1) -> None:
    """Draw a red line above (``top``) or below (``bottom``) a paragraph; ``eighths`` of a point thick."""
    borders = OxmlElement("w:pBdr")
    border = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", eighths), ("space", space), ("color", str(styles.RED))):
        border.set(qn(f"w:{name}"), str(value))
    borders.append(border)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def head_of_letter(section: Section, organ: str, size: float) -> None:
    """信函格式: the organ's name 30 mm from the top over a double line 170 mm long, another 20 mm from the bottom."""
    section.different_first_page_header_footer = True
    section.header_distance = Mm(30)
    head = _emptied(section.first_page_header)
    head.style = styles.ORGAN.name
    head.add_run(organ).font.size = Pt(size)
    draw_line(head, "bottom", "thickThinSmallGap", 24, space=8)
    foot = _emptied(section.first_page_footer)
    foot.style = styles.PAGE.name
    foot.paragraph_format.line_spacing = Pt(2)
    draw_line(foot, "bottom", "thinThickSmallGap", 24, space=0)
    section.footer_distance = Mm(20)
    for paragraph in (head, foot):
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.right_indent = Mm(-8), Mm(-6)


def page_numbers(section: Section, *, first: bool) -> None:
    """— 1 — outside, one character from the edge: right on odd pages, left on even ones."""
    footers: list[tuple[Any, str]] = [(section.footer, "right"), (section.even_page_footer, "left")]
    for footer, side in footers:
        paragraph = _emptied(footer)
        paragraph.style = styles.PAGE.name
        layout = paragraph.paragraph_format
        if side == "right":
            layout.alignment, layout.right_indent = 2, Pt(14)
        else:
            layout.left_indent = Pt(14)
        paragraph.add_run("— ")
        _field(paragraph, "PAGE")
        paragraph.add_run(" —")
    section.different_first_page_header_footer = not first


def even_and_odd(document: Document) -> None:
    """Left and right pages have their own footers."""
    document.settings.odd_and_even_pages_header_footer = True


def language(document: Document) -> None:
    """Say that the text is Chinese, so that nobody's spelling check underlines it."""
    mark = OxmlElement("w:lang")
    for name, value in (("val", "en-US"), ("eastAsia", "zh-CN")):
        mark.set(qn(f"w:{name}"), value)
    normal: Any = document.styles["Normal"]
    normal.element.get_or_add_rPr().append(mark)


def _emptied(part: Any) -> Paragraph:
    part.is_linked_to_previous = False
    paragraph: Paragraph = part.paragraphs[0]
    return paragraph


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", f" {code} "), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")
        if kind == "text":
            continue
        mark = OxmlElement("w:instrText" if not kind else "w:fldChar")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)
