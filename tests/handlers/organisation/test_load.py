"""Profiles are read with faults that name the place, and written so that they read back equal."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from handlers.errors import ProfileFault
from handlers.organisation.check import check_profile
from handlers.organisation.load import load, parse, shipped, shipped_codes, standard_wording, to_toml
from handlers.taxonomy import TOPICS


def test_two_profiles_ship() -> None:
    assert shipped_codes() == ("hohhot-2018", "municipal-current")


@pytest.mark.parametrize("code", shipped_codes())
def test_a_shipped_profile_is_written_out_and_read_back_equal(code: str) -> None:
    profile = shipped(code)
    assert parse(to_toml(profile)) == profile


@pytest.mark.parametrize("code", shipped_codes())
def test_every_topic_of_a_shipped_profile_has_a_lead_section(code: str) -> None:
    profile = shipped(code)
    assert {topic: bool(profile.section(profile.route(topic).lead).name) for topic in TOPICS} == dict.fromkeys(
        TOPICS, True
    )


def test_the_sections_of_2018_are_the_ones_that_the_notice_names() -> None:
    attested = {section.name for section in shipped("hohhot-2018").sections if section.attested}
    assert attested == {"办公室", "社救办", "救灾科", "福利科", "民管科", "政策法规科", "财务科"}


def test_the_nine_districts_of_hohhot_can_receive_cases() -> None:
    districts = [unit for unit in shipped("hohhot-2018").units if unit.kind == "district"]
    assert len(districts) == 9


def test_after_the_reforms_relief_and_veterans_belong_to_other_bodies() -> None:
    profile = shipped("municipal-current")
    assert profile.route("disaster_relief").transfer_to == "emergency_management"
    assert profile.route("veterans").transfer_to == "veterans_affairs"
    assert "medical_security" in profile.route("social_assistance").units


def test_telephone_numbers_of_the_shipped_profiles_are_plainly_made_up() -> None:
    for code in shipped_codes():
        profile = shipped(code)
        phones = [
            profile.phone,
            profile.duty_phone,
            *(s.phone for s in profile.sections),
            *(u.phone for u in profile.units),
        ]
        assert [phone for phone in phones if "-0000" not in phone and phone != "12345"] == []


def test_the_ladder_is_yellow_orange_red_notice() -> None:
    steps = shipped("hohhot-2018").ladder
    assert [(s.colour, s.against, s.working_days, s.hours_share) for s in steps] == [
        ("yellow", "safe_due", -2, 0.5),
        ("orange", "safe_due", -1, 0.8),
        ("red", "legal_due", 0, 1.0),
        ("notice", "legal_due", 5, None),
    ]


def test_hours_are_those_of_the_house() -> None:
    assert shipped("hohhot-2018").hours.afternoon_start == time(14, 30)


def test_a_text_with_quotes_backslashes_and_line_ends_survives_the_export() -> None:
    profile = shipped("hohhot-2018")
    odd = 'a"""b\\n\x7f\r\n{link}\t"\n{signature}'
    changed = profile.model_copy(update={"wording": {**profile.wording, "help": odd}})
    assert parse(to_toml(changed)).wording["help"] == odd


def test_a_text_that_a_profile_does_not_word_is_the_standard_one() -> None:
    text = to_toml(shipped("hohhot-2018")).split("[wording]")[0]
    assert parse(text).wording == standard_wording()


def test_an_unknown_profile_is_answered_with_the_ones_there_are() -> None:
    with pytest.raises(ProfileFault, match=r"hohhot-2018, municipal-current"):
        shipped("atlantis")


def test_a_missing_file_is_a_fault_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ProfileFault, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("code = ", "code == "), "not valid TOML"),
        (('office = "general_office"', 'office = "cellar"'), "cellar"),
        (('lead = "welfare"', 'lead = "wellfare"'), "wellfare"),
        (('topic = "funeral"', 'topic = "picnic"'), "picnic"),
        (('kind = "district"', 'kind = "planet"'), r"units\[1\]\.kind"),
        (('duty_phone = "0471-0000002"', ""), "duty_phone: this key is missing"),
        (("address = ", "adress = "), "adress: this key is not known"),
    ],
)
def test_a_broken_profile_is_refused_with_the_place(change: tuple[str, str], told: str) -> None:
    text = to_toml(shipped("hohhot-2018")).replace(*change, 1)
    with pytest.raises(ProfileFault, match=told):
        parse(text, "ours.toml")


def test_a_wording_that_lacks_the_number_is_refused() -> None:
    text = to_toml(shipped("hohhot-2018"))
    head, _ = text.split("[wording]")
    with pytest.raises(ProfileFault, match=r"withdraw_done.*number"):
        parse(head + '[wording]\nwithdraw_done = "收回了。{signature}"\n')


def test_wording_that_is_no_table_of_texts_is_refused() -> None:
    head = to_toml(shipped("hohhot-2018")).split("[wording]")[0]
    with pytest.raises(ProfileFault, match="wording"):
        parse(head + "[wording]\nhelp = 3\n")


def test_the_check_tells_what_is_still_an_example_and_who_is_missing() -> None:
    told = "\n".join(check_profile(shipped("municipal-current")))
    assert "举报受理人" in told and "值班表" in told and "示例号码" in told
    told = "\n".join(check_profile(shipped("hohhot-2018"), officers={"liufang", "suhe"}))
    assert "wuyun" in told and "liufang" not in told
