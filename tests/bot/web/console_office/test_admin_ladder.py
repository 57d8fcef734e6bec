"""预警: rungs are changed, added and taken away; the open clocks follow at once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from handlers.records import Clock
from tests.bot.web.house import token_of

PAGE = "/console/admin/ladder"


@pytest.fixture
def save(enter, house):
    """Send the ladder as it stands, changed as told."""
    admin = enter("keeper")

    def send(**changes: object):
        text = admin.get(PAGE).text
        given: dict[str, object] = {"csrf": token_of(text), "seen": re.search(r'name="seen" value="(\d+)"', text)[1]}
        for step in house.services.profile().ladder:
            given |= {f"days-{step.code}": str(abs(step.working_days)), f"told-{step.code}": list(step.recipients)}
            given |= {f"colour-{step.code}": step.colour}
            given |= {f"share-{step.code}": str(round(step.hours_share * 100))} if step.hours_share else {}
        return admin.post(PAGE, data=given | {k.replace("_", "-", 1): v for k, v in changes.items()},
                          follow_redirects=False)  # fmt: skip

    return send


def _ladder(house) -> list[tuple[str, str, int, float | None]]:
    return [(s.code, s.colour, s.working_days, s.hours_share) for s in house.services.profile().ladder]


def test_when_a_rung_warns_and_whom_it_tells_is_changed(save, house) -> None:
    assert save(days_yellow="3", share_yellow="40", told_yellow=["leader"]).status_code == 303
    yellow = house.services.profile().ladder[0]
    assert (yellow.working_days, yellow.hours_share, yellow.recipients) == (-3, 0.4, ("leader",))


def test_a_rung_is_added_and_taken_away_and_open_clocks_follow(save, house, write_in) -> None:
    write_in(kind="help", state="assigned", section_code="welfare")
    case = house.case()
    with house.services.core.database.write() as session:
        clock = session.scalars(select(Clock).where(Clock.case_id == case.id)).first()
        clock.rule, first = "RX-02", clock.next_alarm_at
    added = {"when_new": "before", "days_new": "5", "colour_new": "yellow", "told_new": ["officer"]}
    assert save(**added).status_code == 303
    assert _ladder(house)[0] == ("step_1", "yellow", -5, None)
    with house.services.core.database.read() as session:
        clock = session.scalars(select(Clock).where(Clock.case_id == case.id)).first()
        assert clock.next_step == "step_1" and clock.next_alarm_at != first
    assert save(gone_step_1="1").status_code == 303 and len(_ladder(house)) == 4
    with house.services.core.database.read() as session:
        assert session.scalars(select(Clock).where(Clock.case_id == case.id)).first().next_step == "yellow"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days_yellow": "两天"}, "天数请填整数"),
        ({"days_notice": "0"}, "1 到 60"),
        ({"share_yellow": "120"}, "1 到 99"),
        ({"told_red": []}, "至少要有一个"),
        ({"colour_yellow": "red"}, "不能用这个颜色"),
        ({"when_new": "after", "days_new": "3", "colour_new": "yellow", "told_new": ["head"]}, "不能用这个颜色"),
    ],
)
def test_what_cannot_be_is_said(save, house, changes: dict[str, object], words: str) -> None:
    before = _ladder(house)
    answer = save(**changes)
    assert answer.status_code == 422 and words in answer.text and _ladder(house) == before


def test_red_stands_at_the_miss_and_cannot_be_taken_away(save, house) -> None:
    assert save(gone_red="1", days_red="9").status_code == 303
    assert ("red", "red", 0, 1.0) in _ladder(house)
