"""The named styles of a document and its fonts, as GB/T 9704-2012 wants them; Word, WPS and LibreOffice read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

RED: Final = RGBColor(0xE0, 0x00, 0x00)
LINE: Final = Pt(28.5)  # 22 lines a page (GB/T 9704-2012, 5.2.3)
BODY: Final = 16.0  # 3号
_LATIN: Final = "Times New Roman"

#: Each font by its use, then what to take where it is not installed.
FONTS: Final[dict[str, tuple[str, ...]]] = {
    "仿宋_GB2312": ("仿宋", "FangSong", "STFangsong", "华文仿宋", "方正仿宋_GBK", "Noto Serif CJK SC"),
    "方正小标宋简体": ("方正小标宋_GBK", "小标宋", "华文中宋", "STZhongsong", "宋体", "SimSun", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "方正黑体_GBK", "华文黑体", "STHeiti", "Noto Sans CJK SC"),
    "楷体_GB2312": ("楷体", "KaiTi", "STKaiti", "华文楷体", "方正楷体_GBK", "Noto Serif CJK SC"),
    "宋体": ("SimSun", "STSong", "华文宋体", "方正书宋_GBK", "Noto Serif CJK SC"),
}
SONG, FANG, HEI, KAI, PLAIN = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"

_LEFT, _CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_BOTH: Final = WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style; ``indent`` in characters of the first line, ``line`` in points (0 = as the text needs)."""

    name: str
    font: str
    size: float = BODY
    align: Any = _BOTH
    indent: int = 0
    line: float = 28.5
    red: bool = False
    with_next: bool = False
    squeezed: bool = False  # 28 characters a line: 156 mm hold 27.6 of 16 pt


ORGAN: Final = Style("发文机关标志", SONG, 40, _CENTRE, line=0, red=True)
NUMBER: Final = Style("发文字号", FANG, align=_CENTRE)
NUMBER_RIGHT: Final = Style("发文字号（信函）", FANG, align=_RIGHT)
TITLE: Final = Style("公文标题", SONG, 22, _CENTRE, line=35)
ADDRESSEE: Final = Style("主送机关", FANG, align=_LEFT, with_next=True)
TEXT: Final = Style("公文正文", FANG, indent=2, squeezed=True)
FIRST_LEVEL: Final = Style("一级标题", HEI, indent=2, with_next=True)
SECOND_LEVEL: Final = Style("二级标题", KAI, indent=2, squeezed=True)
ATTACHED: Final = Style("附件说明", FANG, indent=2)
SIGNED: Final = Style("发文机关署名", FANG, align=_RIGHT, with_next=True)
DATED: Final = Style("成文日期", FANG, align=_RIGHT)
NOTE: Final = Style("附注", FANG, align=_LEFT, indent=2)
LABEL: Final = Style("表格项目", FANG, 14, _CENTRE, line=22)
CELL: Final = Style("表格内容", FANG, 14, _LEFT, line=22)
PAGE: Final = Style("公文页码", PLAIN, 14, _LEFT, line=0)
_ALL: Final = (
    ORGAN, NUMBER, NUMBER_RIGHT, TITLE, ADDRESSEE, TEXT, FIRST_LEVEL, SECOND_LEVEL, ATTACHED, SIGNED, DATED, NOTE,
    LABEL, CELL, PAGE,
)  # fmt: skip


def install(document: Document) -> None:
    """Give the document our styles and the names of the fonts that may stand in."""
    normal = document.styles["Normal"]
    _font(normal, FANG, BODY)
    for position, style in enumerate(_ALL, 1):
        _add(document, style, f"Huiying{position}")
    _name_fallbacks(document)


def _add(document: Document, style: Style, ident: str) -> None:
    made: Any = document.styles.add_style(style.name, WD_STYLE_TYPE.PARAGRAPH)
    made.element.styleId = ident  # ASCII, for programs that read it by halves
    made.base_style = document.styles["Normal"]
    _font(made, style.font, style.size)
    if style.red:
        made.font.color.rgb = RED
    layout = made.paragraph_format
    layout.alignment, layout.keep_with_next, layout.widow_control = style.align, style.with_next, False
    layout.space_before = layout.space_after = Pt(0)
    if style.line:
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(style.line)
    if style.indent:
        layout.first_line_indent = Pt(style.indent * style.size)
        made.element.get_or_add_pPr().find(qn("w:ind")).set(qn("w:firstLineChars"), str(style.indent * 100))
    _no_gaps(made.element.get_or_add_pPr())
    if style.squeezed:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), "-5")
        made.element.get_or_add_rPr().append(spacing)


def _no_gaps(properties: Any) -> None:
    """No quarter space between digits and Chinese characters, so that 28 stand in a line and dates are centred."""
    after = ("w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        mark = OxmlElement(name)
        mark.set(qn("w:val"), "0")
        properties.insert_element_before(mark, *after)


def _font(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = _LATIN, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:cs"), _LATIN)
    # Without the hint Word takes the Latin font for “ ” — …
    fonts.set(qn("w:hint"), "eastAsia")


def _name_fallbacks(document: Document) -> None:
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FONTS.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    table._blob = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{space}">{fonts}</w:fonts>'
    ).encode()
