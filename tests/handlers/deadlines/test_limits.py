"""The table of limits, and which of its rules start on a case."""

from __future__ import annotations

import pytest

from handlers.deadlines.limits import load_limits, parse_limits
from handlers.errors import InvalidInput
from handlers.taxonomy import KINDS, SOURCES, TRACKS

LIMITS = load_limits()
ROWS = (
    "XF-01 XF-02 XF-03 XF-05 XF-07 XF-08 XF-09 XF-10 XF-11a XF-11b GK-01 GK-03 GK-04 GK-05 GK-07 GK-08 RX-01 RX-02 "
    "RX-03 NB-01 NB-02 NB-03 NB-04 WX-01 WX-02 WZ-00a WZ-00b WZ-01a WZ-01b YQ-01a YQ-01b YQ-02 JT-01a JT-01b JT-02"
)


def codes(kind: str | None, source: str, track: str = "general", *, triage: bool = False) -> list[str]:
    return [rule.code for rule in LIMITS.to_start(kind, source, track, triage=triage)]


def test_every_row_of_the_specification_is_there() -> None:
    assert " ".join(LIMITS.rules) == ROWS


def test_every_rule_names_its_source_and_its_track() -> None:
    for rule in LIMITS.rules.values():
        assert rule.source
        assert rule.track in TRACKS


def test_house_rules_are_marked_and_never_look_like_law() -> None:
    assert [rule.code for rule in LIMITS.rules.values() if rule.house] == ["NB-01", "NB-02", "NB-03", "NB-04"]
    assert "条例" not in LIMITS.rule("NB-01").source


def test_rows_that_nobody_confirmed_are_marked_so() -> None:
    marked = [rule.code for rule in LIMITS.rules.values() if rule.to_confirm]
    assert marked == ["XF-11a", "XF-11b", "WX-01", "WX-02", "WZ-01a", "JT-02"]


@pytest.mark.parametrize(
    ("kind", "source", "expected"),
    [
        ("consultation", "phone", ["RX-01"]),
        ("consultation", "wechat", ["RX-01", "WX-01"]),
        ("consultation", "web", ["RX-01", "WX-01"]),
        ("help", "wechat", ["RX-02"]),
        ("suggestion", "web", ["RX-02"]),
        ("complaint", "telegram", ["RX-03"]),
        ("report", "letter", ["RX-03"]),
        ("praise", "visit", ["WX-01"]),
        ("other", "wechat", ["WX-01"]),
        (None, "wechat", []),
    ],
)
def test_kind_and_source_decide_which_limits_start(kind: str | None, source: str, expected: list[str]) -> None:
    assert codes(kind, source) == expected


def test_a_case_in_triage_starts_the_offices_own_clock_too() -> None:
    assert codes(None, "wechat", triage=True) == ["NB-01"]
    assert codes("complaint", "wechat", triage=True) == ["RX-03", "NB-01"]


def test_a_petition_starts_the_petition_clock_instead_of_the_general_ones() -> None:
    assert codes("complaint", "wechat", "petition") == ["XF-01"]
    assert codes("complaint", "petition_system", "petition") == ["XF-02", "XF-03"]


def test_a_request_for_information_in_a_chat_starts_no_statutory_clock() -> None:
    assert codes("consultation", "wechat", "information_request") == ["RX-01", "WX-01"]


def test_every_case_whose_kind_is_known_has_a_clock() -> None:
    for track in TRACKS:
        for source in SOURCES:
            for kind in KINDS:
                assert codes(kind, source, track)


def test_an_unknown_code_is_refused_with_the_codes_there_are() -> None:
    with pytest.raises(InvalidInput, match="GK-01"):
        LIMITS.rule("GK-99")


RULE = """
[[rule]]
code = "T-01"
track = "general"
name = "n"
act = "a"
trigger = "receipt"
trigger_name = "t"
length = 2
unit = "WD"
source = "s"
certainty = "P"
"""


@pytest.mark.parametrize(
    "text",
    [
        RULE.replace('source = "s"\n', "") + "[[start]]\nrules = ['T-01']",
        RULE.replace('source = "s"', 'source = ""') + "[[start]]\nrules = ['T-01']",
        RULE.replace("length = 2", "length = 0") + "[[start]]\nrules = ['T-01']",
        RULE + RULE + "[[start]]\nrules = ['T-01']",
        RULE + "[[start]]\nrules = ['T-02']",
        RULE + "[[start]]\nrules = ['T-01']\nkinds = ['nonsense']",
    ],
)
def test_a_table_that_cannot_be_right_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_limits(text)
