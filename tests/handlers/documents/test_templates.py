"""The texts of the documents as data: those that ship, and a bureau's own in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.documents.fill import fill_document
from handlers.documents.kinds import KINDS
from handlers.documents.templates import Template, load_templates, parse_template, shipped_templates, shipped_text
from handlers.errors import ProfileFault
from handlers.organisation.load import shipped
from tests.handlers.documents.samples import TYPED

OWN = shipped_text("acceptance_notice").replace('"民信受告"', '"玉民信受"')


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_ships_with_a_text_that_uses_its_fields(code: str) -> None:
    template = shipped_templates()[code]
    filled = fill_document(KINDS[code], template, shipped("hohhot-2018"), "20261123-0007", TYPED, "民〔2026〕1号")
    assert not set("{}") & set(filled.text)
    assert "[[" not in filled.text
    assert filled.number == "民〔2026〕1号"


def test_no_two_kinds_share_a_word_of_number() -> None:
    words = [template.number_word for template in shipped_templates().values()]
    assert len(set(words)) == len(words) == 15


def test_the_opinion_tells_the_right_to_review_its_days_how_they_end_and_the_organ() -> None:
    opinion = shipped_templates()["opinion"]
    text = fill_document(KINDS["opinion"], opinion, shipped("hohhot-2018"), "20261123-0007", TYPED).text
    for words in ("第三十五条", "30日内", "某市人民政府", "次日起计算", "法定休假日"):
        assert words in text


def test_a_bureau_replaces_single_texts_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "acceptance_notice.toml").write_text(OWN, "utf-8")
    templates = load_templates(tmp_path)
    assert templates["acceptance_notice"].number_word == "玉民信受"
    assert templates["opinion"] == shipped_templates()["opinion"]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("{matter}", "{mater}", "没有 {mater} 这个字段"),
        ("由{section}承办", "承办", "必须写有 {section}（承办科室）"),
        ("{due}", "{due", "花括号不成对"),
        ("[[联系人：{contact}　]]", "联系人：{contact}", "{contact} 可能为空，请放在 [[ ]] 里"),
        ("[[联系人", "[[[[联系人", "双方括号不能套在另一对里面"),
        ("[[联系人", "]][[联系人", "双方括号不成对"),
        ('head = "letter"', 'head = "grand"', "head"),
        ('head = "letter"', "head = letter", "not valid TOML"),
        ('number_word = "民信受告"', 'number_word = "民信 2026"', "number_word"),
        ('head = "letter"', 'head = "letter"\ncolour = "red"', "colour"),
        ('head = "letter"', 'head = "letter"\ndefaults = { nobody = "x" }', "defaults：没有 nobody 这个字段"),
        ("body = ", "title2 = ", "title2"),
    ],
)
def test_a_faulty_text_is_refused_with_the_place_and_the_fault(was: str, now: str, told: str, tmp_path: Path) -> None:
    text = shipped_text("acceptance_notice").replace(was, now, 1)
    (tmp_path / "acceptance_notice.toml").write_text(text, "utf-8")
    with pytest.raises(ProfileFault, match=r"acceptance_notice\.toml") as fault:
        load_templates(tmp_path)
    assert told in str(fault.value)


def test_a_file_of_no_kind_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "greeting.toml").write_text(OWN, "utf-8")
    with pytest.raises(ProfileFault, match=r"greeting.toml.*the names are"):
        load_templates(tmp_path)
    with pytest.raises(ProfileFault, match="is not there"):
        load_templates(tmp_path / "nowhere")


def test_a_text_has_a_body_or_a_form_and_not_both() -> None:
    both = OWN + '\n[[row]]\ncells = ["事项", "{matter}"]\n'
    with pytest.raises(ProfileFault, match="有且只有一种"):
        parse_template(both, KINDS["acceptance_notice"])


def test_a_piece_without_its_field_is_left_out() -> None:
    letter = shipped_templates()["transfer_letter"]
    without = TYPED | {"summary": "", "attached": "", "contact": ""}
    filled = fill_document(KINDS["transfer_letter"], letter, shipped("hohhot-2018"), "20261123-0007", without)
    assert "诉求摘要" not in filled.text
    assert filled.attached == ""
    assert filled.note == "电话：0471-0000014"


def test_braces_in_what_was_typed_mean_nothing() -> None:
    odd = TYPED | {"matter": "{bureau}[[不见了]]"}
    template: Template = shipped_templates()["acceptance_notice"]
    filled = fill_document(KINDS["acceptance_notice"], template, shipped("hohhot-2018"), "20261123-0007", odd)
    assert "“{bureau}[[不见了]]”" in filled.text
