"""Local overrides: what the law allows, what the effective rule says, what a profile carries."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from handlers.deadlines.limits import load_limits
from handlers.deadlines.local import check_overrides, limits_of
from handlers.errors import InvalidInput, ProfileFault
from handlers.organisation.load import parse, shipped, to_toml
from handlers.organisation.profile import LimitOverride, Profile

SOURCE = "市民政局办公会纪要〔2026〕5号"


def override(rule: str, **given: Any) -> LimitOverride:
    return LimitOverride(rule=rule, **({"source": SOURCE} | given))


def with_limits(*limits: LimitOverride) -> Profile:
    return shipped("hohhot-2018").model_copy(update={"limits": limits})


def test_without_overrides_the_shipped_table_holds() -> None:
    assert limits_of(shipped("hohhot-2018")) is load_limits()


def test_a_changed_length_is_the_bureaus_own_and_keeps_the_old_source_beside_it() -> None:
    rule = limits_of(with_limits(override("RX-01", length=3))).rule("RX-01")
    assert (rule.length, rule.certainty, rule.local) == (3, "L", SOURCE)
    assert rule.source == f"{SOURCE}（原为2个工作日：省级12345热线办理规定）"
    assert limits_of(with_limits(override("RX-01", length=3))).rule("RX-02") is load_limits().rule("RX-02")


def test_a_confirmed_row_loses_its_mark() -> None:
    before, after = load_limits().rule("WX-01"), limits_of(with_limits(override("WX-01", confirmed=True))).rule("WX-01")
    assert (before.source_words[-5:], before.to_confirm) == ("（待核实）", True)
    assert (after.source_words, after.to_confirm, after.length) == (SOURCE, False, before.length)


def test_a_house_rule_stays_one() -> None:
    assert limits_of(with_limits(override("NB-04", length=5))).rule("NB-04").house


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (override("XF-01", length=16), "length", "不能更长"),
        (override("GK-01", length=21), "length", "第三十三条"),
        (override("XF-01", active=False), "active", "不能停用"),
        (override("NB-04", active=False), "active", "不能停用"),
        (override("XF-07", length=10), "length", "给对方的时间"),
        (override("GK-04", length=16), "length", "给对方的时间"),
        (override("GK-08", length=10), "length", "固定的日期"),
        (override("XF-05", extension=31), "extension", "最多延长 30日"),
        (override("XF-01", extension=5), "extension", "没有规定可以延期"),
        (override("XF-05", approver="office"), "approver", "分管领导"),
        (override("GK-01", approver="head"), "approver", "下级"),
        (override("NB-02", approver="head"), "approver", "没有延期"),
        (override("RX-03", active=False), "active", "没有任何时限"),
        (override("XX-99", length=1), "code", "XX-99"),
    ],
)
def test_what_the_law_does_not_allow_is_refused_in_words(given: LimitOverride, field: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        check_overrides([given])
    assert refused.value.field == field


@pytest.mark.parametrize(
    "given",
    [
        override("XF-01", length=10), override("GK-01", extension=10), override("GK-01", approver="leader"),
        override("XF-05", extension=0), override("NB-02", extension=1, approver="head"), override("WX-02", length=2),
        override("RX-01", length=30),
    ],
)  # fmt: skip
def test_what_is_stricter_or_not_the_laws_is_allowed(given: LimitOverride) -> None:
    check_overrides([given])


def test_a_rule_without_a_source_is_refused() -> None:
    for source in ("", "  ", "x"):
        with pytest.raises(ValidationError):
            override("RX-01", length=3, source=source)


def test_a_rule_that_is_not_used_starts_on_no_case() -> None:
    limits = limits_of(with_limits(override("XF-11a", active=False), override("WZ-01a", active=False)))
    assert [rule.code for rule in limits.to_start("other", "web", "website_correction")] == ["WZ-01b"]


def test_an_override_that_became_unlawful_is_left_out_and_the_law_holds() -> None:
    assert limits_of(with_limits(override("XF-01", length=90))).rule("XF-01").length == 15


def test_a_profile_file_carries_overrides_and_is_refused_with_unlawful_ones() -> None:
    profile = with_limits(override("RX-01", length=3, name="咨询答复（本局）"))
    assert parse(to_toml(profile)) == profile
    with pytest.raises(ProfileFault, match="不能更长"):
        parse(to_toml(with_limits(override("XF-01", length=90))))
