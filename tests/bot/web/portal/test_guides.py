"""A guide on the web: on the receipt page and on the case's page, where the citizen says whether it did."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.records import GuideAnswer
from tests.bot.web.guides import put_in_force
from tests.bot.web.live import LiveHouse
from tests.bot.web.portal.conftest import Browser

ASKED = "请问高龄津贴怎么申请，要带什么材料？"


@pytest.fixture(autouse=True)
def in_force(live: LiveHouse) -> None:
    put_in_force(live)


def outcome(live: LiveHouse) -> str:
    with live.services.core.database.read() as session:
        return session.scalars(select(GuideAnswer.outcome)).one()


def test_the_receipt_page_carries_the_guide_and_the_way_to_say_it_did(browser: Browser) -> None:
    number, _ = browser.hand_in(text=ASKED)
    page = browser.get("/write/done").text
    assert "【申请高龄津贴】（示例，待核实）" in page
    assert f"/progress?number={number}" in page
    assert "解决您的问题了吗" in page


def test_solved_on_the_progress_page_closes_the_case(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in(text=ASKED)
    page = browser.look_up(number, code)
    assert "发给您的办事指南" in page.text
    after = browser.do(page, "solved")
    assert "已按您说的“解决了”办结" in after.text
    case = live.case(number)
    assert (case.state, case.result, case.rating) == ("closed", "solved", "")
    assert outcome(live) == "solved"
    assert "提交评价" not in after.text
    assert browser.do(page, "solved").status_code == 409


def test_asking_for_a_person_marks_the_case_and_leaves_it_open(browser: Browser, live: LiveHouse) -> None:
    number, code = browser.hand_in(text=ASKED)
    after = browser.do(browser.look_up(number, code), "person")
    assert "工作人员会在最迟日期前答复您" in after.text
    case = live.case(number)
    assert case.unread
    assert case.state == "assigned"
    assert outcome(live) == "person"


def test_a_case_without_a_guide_shows_nothing_of_it(browser: Browser) -> None:
    number, code = browser.hand_in(text="养老院门口的路太滑了，能不能修一修台阶")
    page = browser.look_up(number, code)
    assert "办事指南</h2>" not in page.text
    assert browser.do(page, "solved").status_code == 409
