"""Guides from TOML are checked by name and field; the short form says its source and fits its room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.errors import InvalidInput
from handlers.guides.content import from_content, to_content
from handlers.guides.load import read_guides, sample_guides
from handlers.guides.receipt import ONE_MESSAGE, specimen
from handlers.guides.short import desk_of, short_form
from handlers.organisation.load import shipped

PROFILES = ("hohhot-2018", "municipal-current")
ONE = """
[[guide]]
code = "one_thing"
item = "一件事"
topic = "funeral"
summary = "去窗口办。"
who = ["谁都行"]
materials = ["身份证", { name = "申请表", note = "窗口领" }]
steps = ["去窗口"]
place = "窗口"
limit = "当场"
source = "《条例》第一条"
valid_from = 2026-01-01
names = ["一件事"]
questions = ["一件事怎么办"]
"""


def test_the_twenty_that_ship_are_whole_and_marked_as_samples() -> None:
    guides = sample_guides()
    assert len({guide.code for guide in guides}) == 20
    assert all(guide.sample and guide.valid_until and len(guide.questions) >= 7 for guide in guides)


@pytest.mark.parametrize("code", PROFILES)
@pytest.mark.parametrize("guide", sample_guides(), ids=lambda guide: guide.code)
def test_every_sample_has_a_desk_and_fits_beside_a_first_receipt(code: str, guide: object) -> None:
    profile, one = shipped(code), next(g for g in sample_guides() if g is guide)
    assert desk_of(one, profile).phone
    text = specimen(one, profile, "https://mz.huhhot.example.gov.cn")
    assert len(text.encode()) <= ONE_MESSAGE
    assert text.startswith("您好，留言已收到，编号")
    assert f"依据：{one.source}" in text
    assert "要带：" in text


def test_a_text_of_ones_own_is_read_and_not_taken_for_a_sample() -> None:
    (guide,) = read_guides(ONE)
    assert not guide.sample
    assert guide.valid_until is None
    assert [material.name for material in guide.materials] == ["身份证", "申请表"]
    assert from_content(guide.code, to_content(guide)) == guide


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('code = "one_thing"', 'code = "One"'), "代码"),
        (('topic = "funeral"', 'topic = "cooking"'), "业务类别"),
        (('source = "《条例》第一条"', ""), "依据"),
        (('place = "窗口"', 'place = "窗口"\nsmell = "好"'), "smell"),
        (("valid_from = 2026-01-01", 'valid_from = "soon"'), "valid_from"),
        (('names = ["一件事"]', 'names = "一件事"'), "names"),
        (("[[guide]]", "[[guide"), "TOML"),
    ],
)
def test_a_fault_names_the_guide_and_what_is_wrong(change: tuple[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_guides(ONE.replace(*change))


def test_a_code_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="one_thing"):
        read_guides(ONE + ONE)


def test_with_little_room_the_lesser_lines_go_and_the_source_stays() -> None:
    profile, guide = shipped("hohhot-2018"), sample_guides()[0]
    whole = short_form(guide, profile, "https://x.example/guides/low_income", 5000)
    for room in range(400, 1400, 50):
        text = short_form(guide, profile, "https://x.example/guides/low_income", room)
        assert len(text.encode()) <= room
        assert text == "" or (guide.source in text and guide.summary in text and "https://x.example" in text)
        assert set(text.splitlines()) <= set(whole.splitlines())
    assert short_form(guide, profile, "", 100) == ""


def test_phone_and_hours_of_the_guide_come_before_the_sections() -> None:
    profile, guide = shipped("hohhot-2018"), sample_guides()[4]
    assert desk_of(guide, profile).phone == profile.section("welfare").phone
    own = replace(guide, phone="0471-1", hours="每天", section="finance")
    assert (desk_of(own, profile).phone, desk_of(own, profile).hours) == ("0471-1", "每天")
    assert desk_of(own, profile).section == "财务科"
