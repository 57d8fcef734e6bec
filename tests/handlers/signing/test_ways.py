"""Which way a reply goes: pure, and the profile's to set."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from handlers.errors import ProfileFault
from handlers.organisation.approvals import Approvals
from handlers.organisation.check import check_profile
from handlers.organisation.load import parse, shipped, to_toml
from handlers.organisation.profile import Profile
from handlers.organisation.store import read_profile, write_profile
from handlers.signing.ways import ACTS, CONCERNS, MATTERS, STEPS, TAKERS, Standing, in_words, matter_of, way_of

PLAIN = Standing("consultation", "general")


@pytest.mark.parametrize(
    ("standing", "matter"),
    [
        (PLAIN, "plain"),
        (Standing("praise", "general"), "plain"),
        (Standing("consultation", "general", sensitive=True), "ordinary"),
        (Standing("consultation", "petition"), "ordinary"),
        (Standing("complaint", "general"), "ordinary"),
        (Standing(None, "general"), "ordinary"),
        (Standing("consultation", "general", again=True), "pressed"),
        (Standing("complaint", "general", supervised=True), "pressed"),
        (Standing("complaint", "petition", again=True, act="opinion"), "opinion"),
        (Standing("complaint", "petition", act="refusal_notice"), "refusal"),
        (Standing("complaint", "petition", act="no_more_notice"), "refusal"),
    ],
)
def test_the_matter_follows_from_how_the_case_stands(standing: Standing, matter: str) -> None:
    assert matter_of(standing) == matter


def test_the_ways_are_those_of_the_bureau_s_rule() -> None:
    ways = {matter: getattr(Approvals(), matter) for matter in MATTERS}
    full = ("head", "legal", "office", "leader")
    assert ways == {
        "plain": (), "ordinary": ("head",), "pressed": ("head", "office"), "opinion": full, "refusal": full,
    }  # fmt: skip
    assert way_of(Approvals(ordinary=("head", "office")), Standing("complaint", "general")) == ("head", "office")


def test_every_matter_has_its_way_and_every_step_its_words() -> None:
    assert {*ACTS.values()} <= {*MATTERS} == {*Approvals.model_fields} - {"legal_section"}
    assert {*CONCERNS} == {*MATTERS}
    assert set(STEPS) == set(TAKERS) == {step for way in Approvals().model_dump().values() for step in way}


def with_approvals(lines: str) -> Profile:
    text = to_toml(shipped("municipal-current"))
    start = text.index("[approvals]")
    rest = text.find("\n\n[", start)
    return parse(text[:start] + f"[approvals]\n{lines}\n" + (text[rest:] if rest > 0 else ""))


def test_a_profile_sets_its_own_ways_and_keeps_them_through_a_file() -> None:
    profile = with_approvals('ordinary = ["head", "office"]\nlegal_section = "organisations"')
    assert profile.approvals.ordinary == ("head", "office") and profile.legal_section == "organisations"
    assert parse(to_toml(profile)) == profile


def test_a_file_that_says_nothing_of_ways_leaves_those_in_force(session: Session, now: datetime) -> None:
    own = with_approvals('ordinary = ["head", "office"]\nlegal_section = "organisations"')
    write_profile(session, own, now)
    assert read_profile(session).approvals == own.approvals
    text = to_toml(own)
    silent = parse(text[: text.index("[approvals]")])
    write_profile(session, silent, now)
    assert read_profile(session).approvals == own.approvals
    gone = tuple(section for section in silent.sections if section.code != "organisations")
    routes = tuple(
        route.model_copy(update={"lead": silent.office, "cooperating": ()}) if "organisations" in
        (route.lead, *route.cooperating) else route for route in silent.routes
    )  # fmt: skip
    write_profile(session, silent.model_copy(update={"sections": gone, "routes": routes}), now)
    assert read_profile(session).approvals == Approvals()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('ordinary = ["head", "head"]', "同一步写了两次"),
        ("opinion = []", "自己拟、自己发"),
        ('refusal = ["head", "legal"]', "不能放在最后"),
        ('opinion = ["head", "office", "leader"]', r"\[approvals\]: opinion：书面决定.*合法性审核"),
        ('refusal = ["legal", "office"]', "refusal：.*由本局领导签发"),
        ("ordinary = []", "ordinary：.*自己审自己的文字"),
        ('pressed = ["head"]', "pressed：.*科室以外的人"),
        ('legal_section = "nowhere"', "not one of the sections"),
        ('complaint = ["head"]', "not known"),
    ],
)
def test_a_way_that_cannot_be_is_refused_when_the_profile_is_loaded(lines: str, words: str) -> None:
    with pytest.raises(ProfileFault, match=words):
        with_approvals(lines)


def test_an_admin_is_told_of_a_legality_check_that_nobody_can_make() -> None:
    profile = shipped("municipal-current")
    without = tuple(s for s in profile.sections if s.code != "law_policy")
    assert not [told for told in check_profile(profile) if "合法性" in told]
    bare = profile.model_copy(update={"sections": without, "approvals": Approvals()})
    assert any("没有法规科" in told for told in check_profile(bare))
    short = profile.model_copy(update={"approvals": Approvals(opinion=("leader",))})
    assert any("信访处理意见书的审签程序" in told for told in check_profile(short))


def test_a_bureau_that_has_such_a_way_from_before_goes_on_with_it(session: Session, now: datetime) -> None:
    before = shipped("municipal-current").model_copy(update={"approvals": Approvals(opinion=("leader",))})
    write_profile(session, before, now)
    assert read_profile(session).approvals.opinion == ("leader",)


def test_a_way_is_said_in_one_sentence() -> None:
    assert in_words("plain", ()) == "一般咨询：经办拟稿并签发 → 送达"
    assert in_words("ordinary", ("head", "office")).endswith("：经办拟稿 → 科室负责人审核 → 办公室审核并签发 → 送达")
    assert in_words("opinion", Approvals().opinion).endswith("领导审定并签发 → 用印 → 送达")
