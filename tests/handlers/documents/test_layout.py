"""The Word files by GB/T 9704-2012, read back with python-docx."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn

from handlers.documents.fill import Filled, fill_document
from handlers.documents.kinds import KINDS
from handlers.documents.layout import balanced, to_docx
from handlers.documents.templates import shipped_templates
from handlers.organisation.load import shipped
from tests.handlers.documents.samples import TYPED


def filled(code: str, **changes: str) -> Filled:
    template, number = shipped_templates()[code], "民〔2026〕1号"
    return fill_document(KINDS[code], template, shipped("hohhot-2018"), "20261123-0007", TYPED | changes, number)


def opened(code: str, now: datetime, **changes: str) -> Document:
    return docx.Document(io.BytesIO(to_docx(filled(code, **changes), now)))


def by_style(document: Document, style: str) -> list[Any]:
    return [paragraph for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == style]


@pytest.mark.parametrize("code", KINDS)
def test_the_page_is_a4_with_the_margins_of_the_standard(code: str, now: datetime) -> None:
    section = opened(code, now).sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides if side is not None] == [37, 35, 28, 26]
    assert section.page_width and section.page_height
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


@pytest.mark.parametrize("code", KINDS)
def test_a_document_holds_everything_that_was_filled_in(code: str, now: datetime) -> None:
    document = opened(code, now)
    text = "".join(paragraph.text for paragraph in document.paragraphs)
    text += "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    text += "".join(paragraph.text for paragraph in document.sections[0].first_page_header.paragraphs)
    for line in filled(code).text.split("\n"):
        assert line.replace("　", "").strip("（）") in text.replace("　", "").replace("\n", "")


def test_the_text_is_fang_song_of_16_points_at_28_and_a_half_with_two_characters_of_indent(now: datetime) -> None:
    style: Any = by_style(opened("opinion", now), "公文正文")[0].style
    fonts = style.element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert fonts.get(qn("w:hint")) == "eastAsia"
    assert style.font.size.pt == 16
    layout = style.paragraph_format
    assert (layout.line_spacing_rule, layout.line_spacing.pt) == (WD_LINE_SPACING.EXACTLY, 28.5)
    assert style.element.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_the_title_is_xiao_biao_song_of_22_points_in_the_middle(now: datetime) -> None:
    title = by_style(opened("opinion", now), "公文标题")[0]
    assert title.text == "信访事项处理意见书"
    style: Any = title.style
    assert (style.font.size.pt, style.element.rPr.rFonts.get(qn("w:eastAsia"))) == (22, "方正小标宋简体")
    assert style.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER


def test_fonts_that_are_not_installed_have_named_substitutes(now: datetime) -> None:
    with zipfile.ZipFile(io.BytesIO(to_docx(filled("opinion"), now))) as container:
        table = container.read("word/fontTable.xml").decode()
    for font, substitute in (
        ("仿宋_GB2312", "仿宋"),
        ("方正小标宋简体", "华文中宋"),
        ("楷体_GB2312", "楷体"),
        ("黑体", "SimHei"),
    ):
        assert f'w:name="{font}"' in table
        assert substitute in table


def test_headings_of_both_levels_have_their_own_fonts(now: datetime) -> None:
    document = opened("opinion", now, opinion="（一）退还费用\n责令退还。")
    assert [p.text for p in by_style(document, "一级标题")][:2] == ["一、投诉请求", "二、事实和理由"]
    assert [p.text for p in by_style(document, "二级标题")] == ["（一）退还费用"]


def test_a_letter_has_its_organ_over_a_red_double_line_and_no_number_on_its_first_page(now: datetime) -> None:
    section = opened("transfer_letter", now).sections[0]
    assert section.different_first_page_header_footer
    head: Any = section.first_page_header.paragraphs[0]
    assert head.text == shipped("hohhot-2018").name
    assert head._p.pPr.find(qn("w:pBdr"))[0].get(qn("w:val")) == "thickThinSmallGap"
    foot: Any = section.first_page_footer.paragraphs[0]
    assert foot.text == ""
    assert foot._p.pPr.find(qn("w:pBdr"))[0].get(qn("w:val")) == "thinThickSmallGap"
    assert section.footer.paragraphs[0].text == "— 1 —"
    assert section.even_page_footer.paragraphs[0].text == "— 1 —"


def test_the_opinion_has_its_organ_number_and_a_red_line_on_the_page(now: datetime) -> None:
    document = opened("opinion", now)
    assert by_style(document, "发文机关标志")[0].text == shipped("hohhot-2018").name
    number = by_style(document, "发文字号")[0]
    assert number.text == "民〔2026〕1号"
    assert number._p.pPr.find(qn("w:pBdr"))[0].tag == qn("w:bottom")


def test_the_organ_stands_over_the_date_and_both_hold_on_to_the_text(now: datetime) -> None:
    document = opened("acceptance_notice", now)
    dated, signed = by_style(document, "成文日期")[0], by_style(document, "发文机关署名")[0]
    assert (dated.text, signed.text) == ("2026年11月23日", shipped("hohhot-2018").name)
    assert dated.paragraph_format.right_indent.pt == 64
    last = by_style(document, "公文正文")[-1]
    assert last.paragraph_format.keep_with_next
    assert by_style(document, "附注")[0].text.startswith("（联系人：张敏")


def test_a_long_name_of_an_organ_still_ends_inside_the_page(now: datetime) -> None:
    long = shipped("hohhot-2018").model_copy(update={"name": "某某自治区某某市某某新区管理委员会民政和社会事业发展局"})
    kind = KINDS["acceptance_notice"]
    document = docx.Document(
        io.BytesIO(to_docx(fill_document(kind, shipped_templates()[kind.code], long, "1", TYPED), now))
    )
    signed, dated = by_style(document, "发文机关署名")[0], by_style(document, "成文日期")[0]
    assert signed.paragraph_format.right_indent.pt == 0
    assert dated.paragraph_format.right_indent.pt > 64


def test_a_form_is_a_table_of_labels_and_contents(now: datetime) -> None:
    table = opened("service_receipt", now).tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["受送达人", "王秀英", "送达方式", "直接送达"]
    assert table.rows[2].cells[1].text == table.rows[2].cells[3].text == "玉泉区某小区1号楼"


def test_equal_documents_of_one_instant_are_equal_bytes_and_name_no_machine(now: datetime) -> None:
    one, other = to_docx(filled("opinion"), now), to_docx(filled("opinion"), now)
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as container:
        assert container.testzip() is None
        assert not [name for name in container.namelist() if "thumbnail" in name]
    properties = docx.Document(io.BytesIO(one)).core_properties
    assert (properties.author, properties.title) == (shipped("hohhot-2018").name, "信访事项处理意见书")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("信访事项受理告知书", ["信访事项受理告知书"]),
        ("关于转送“养老机构收费不合理”信访事项的函", ["关于转送“养老机构收费不合理”", "信访事项的函"]),
    ],
)
def test_a_long_title_breaks_where_the_sense_allows(title: str, lines: list[str]) -> None:
    assert balanced(title, 20).split("\n") == lines


def test_no_line_of_a_very_long_title_is_too_long_or_a_single_character() -> None:
    lines = balanced("关于交办“" + "很长的事项" * 12 + "”信访事项的函", 20).split("\n")
    assert all(4 <= len(line) <= 20 for line in lines)
    assert "".join(lines).endswith("信访事项的函")
