"""Outgoing texts are filled in safely, end with who we are, and promise nothing that nobody can keep."""

from __future__ import annotations

import re

import pytest

from handlers.errors import ProfileFault
from handlers.organisation.load import shipped
from handlers.organisation.profile import Profile
from handlers.organisation.wording import WORDING, check_wording, render

PROFILE = shipped("hohhot-2018")
CITIZEN = sorted(key for key, spec in WORDING.items() if spec.audience == "citizen")


def worded(**texts: str) -> Profile:
    return PROFILE.model_copy(update={"wording": {**PROFILE.wording, **texts}})


def filled(key: str, profile: Profile = PROFILE) -> str:
    return render(profile, key, **{name: f"<{name}>" for name in WORDING[key].fields})


@pytest.mark.parametrize("key", CITIZEN)
def test_every_text_to_a_citizen_ends_with_who_we_are_and_a_telephone(key: str) -> None:
    assert filled(key).endswith("（呼和浩特市民政局 电话 0471-0000001）")


@pytest.mark.parametrize("key", sorted(WORDING))
def test_every_text_carries_its_required_fields_and_no_braces(key: str) -> None:
    text = filled(key)
    assert all(f"<{name}>" in text for name in WORDING[key].required)
    assert not re.search(r"[{}]|\[\[|\]\]", text)


@pytest.mark.parametrize("key", sorted(WORDING))
def test_every_text_stands_without_its_optional_fields(key: str) -> None:
    text = render(PROFILE, key, **dict.fromkeys(WORDING[key].required, "甲"))
    assert not re.search(r"[{}]|\[\[|\]\]|，，|。。|（）", text)


@pytest.mark.parametrize("key", CITIZEN)
def test_no_text_promises_today_or_speaks_officialese(key: str) -> None:
    assert not re.search("今天|今日|已收悉|按规定办理|请耐心等待|我们已经看到", filled(key))


@pytest.mark.parametrize("key", sorted(k for k, s in WORDING.items() if s.audience == "staff"))
def test_an_alert_carries_numbers_dates_and_link_only(key: str) -> None:
    told = {"number", "link", "count", "year", "section", "unit", "slip", "latest"}
    house = {
        "what",
        "verb",
        "outcome",
    }  # the kind of paper, the step, the decision: the house's own words, nobody's name
    assert WORDING[key].fields <= told | house


def test_the_restricted_receipt_can_name_neither_matter_nor_section() -> None:
    assert WORDING["receipt_restricted"].fields == {"number", "query_code", "latest", "look_up"}


def test_without_an_alert_channel_the_urgent_receipt_claims_no_call() -> None:
    text = filled("receipt_urgent_unstaffed")
    assert "110" in text and "120" in text and PROFILE.duty_phone in text
    assert not re.search("已通知|正在通知|值班人员", text)


def test_braces_and_brackets_in_a_value_are_harmless() -> None:
    text = render(PROFILE, "answer", number="1", text="{signature} {0.__class__} [[x]] {{y}}", officer_section="福利科")
    assert "{signature} {0.__class__} [[x]] {{y}}" in text


def test_a_value_that_looks_like_an_empty_piece_does_not_swallow_text() -> None:
    assert "]] 尾" in render(PROFILE, "answer", number="1", text="头 [[ {officer_section} ]] 尾")


def test_a_note_stands_on_its_own_line_before_the_signature() -> None:
    note = render(PROFILE, "privacy_notice", link="https://example.invalid/p")
    lines = render(PROFILE, "withdraw_nothing", note=note).splitlines()
    assert lines[-2:] == [note, "（呼和浩特市民政局 电话 0471-0000001）"]


def test_an_unknown_text_an_unknown_field_and_a_missing_field_are_faults() -> None:
    with pytest.raises(ProfileFault, match="no outgoing text"):
        render(PROFILE, "nonsense")
    with pytest.raises(ProfileFault, match="unknown fields"):
        render(PROFILE, "withdraw_done", number="1", colour="red")
    with pytest.raises(ProfileFault, match="missing fields"):
        render(PROFILE, "withdraw_done")


def test_a_field_that_an_edited_text_makes_up_is_a_fault_and_never_an_attribute() -> None:
    edited = worded(withdraw_done="{number.__class__}{signature}")
    with pytest.raises(ProfileFault):
        render(edited, "withdraw_done", number="1")
    assert any("number.__class__" in problem for problem in check_wording(edited))


def test_the_part_that_only_a_human_may_write_is_reported_and_never_sent() -> None:
    assert "待人工撰写" not in filled("receipt_other_language")
    assert [p for p in check_wording(PROFILE) if "待人工撰写" in p]


def test_the_shipped_wording_has_no_other_problem() -> None:
    assert [p for p in check_wording(PROFILE) if "待人工撰写" not in p] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("编号 {number} 今天答复。{signature}", "今天"),
        ("编号 {number} 已收悉。{signature}", "已收悉"),
        ("编号 {number}，满意请回复1。{signature}", "数字"),
        ("编号 {number} 已收回", "结尾"),
        ("收回了。{signature}", "{number}"),
        ("{number} {colour} {signature}", "{colour}"),
        ("{number} } {signature}", "花括号"),
        ("[[{number} {signature}", "双方括号"),
        ("", "缺少内容"),
    ],
)
def test_the_check_says_in_words_what_is_wrong_with_an_edited_text(text: str, told: str) -> None:
    problems = [p for p in check_wording(worded(withdraw_done=text)) if p.startswith("文字 withdraw_done")]
    assert any(told in problem for problem in problems)


def test_an_optional_field_outside_brackets_is_pointed_out() -> None:
    problems = check_wording(worded(closed_note="编号 {number} 结果 {result}{signature}"))
    assert any("closed_note" in p and "[[ ]]" in p for p in problems)
