"""送达 on the console: how long a chat stays open, what did not fit, tries by hand, and an answer taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.wechat import MemoryTokenStore, WeChatChannel
from handlers.accounts.roles import Role
from handlers.casework.attempts import RESULTS_OF
from handlers.core import Policy
from handlers.delivery.decide import Decision, decide
from handlers.delivery.worker import run_once
from handlers.errors import Conflict
from handlers.messages import OutboundContent, Proof
from handlers.records import Citizen, Delivery, Reply
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.channels.wechat.conftest import SETTINGS
from tests.bot.web.house import House, build_house
from tests.bot.web.test_casework import QUESTION, page_of, press, stored
from tests.web_client import TestClient

ACCOUNT = "gh_test"
LONG = "请带身份证、户口本和银行卡到社区办理，" * 60 + "完。"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    wechat = frozenset({"wechat"})
    policy = Policy(push_channels=wechat, window_channels=wechat, base_url="https://mz.example")
    core = replace(house.services.core, policy=policy)
    settings = replace(SETTINGS, account=ACCOUNT)
    channel = WeChatChannel(settings, house.clock, lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))
    doors = SimpleNamespace(senders={("wechat", ACCOUNT): channel})
    house.services = replace(house.services, core=core, rooms={"doors": doors})
    return house.take_on(zhang=Role.HEAD, li=Role.OFFICER, office=(Role.OFFICE, "general_office"))


class Took:
    """The channel's bounds and parts, taking everything."""

    def __init__(self, house: House) -> None:
        self._real = house.services.rooms["doors"].senders["wechat", ACCOUNT]
        self.capabilities, self.parts = self._real.capabilities, self._real.parts
        self.sent = 0

    def send(self, to: str, content: OutboundContent) -> Proof:
        whole = self.parts(content) - content.skip
        now = whole if content.most is None else min(whole, content.most)
        self.sent += now
        return Proof(parts=now)


def window(house: House, hours: float, left: int) -> None:
    with house.services.core.database.write() as session:
        citizen = session.scalars(select(Citizen)).one()
        citizen.window_until, citizen.window_left = house.clock() + timedelta(hours=hours), left


def deliver(house: House) -> Took:
    took = Took(house)
    run_once(house.services.core, {("wechat", ACCOUNT): took}, house.clock, pause=lambda _: None)
    return took


def rows(house: House) -> list[Delivery]:
    with house.services.core.database.read() as session:
        found = list(session.scalars(select(Delivery).where(Delivery.purpose == "answer").order_by(Delivery.id)))
        session.expunge_all()
        return found


def answered(house: House, li: TestClient, text: str = "带身份证到社区办理。") -> str:
    number = house.write(QUESTION)
    press(li, number, "claim")
    assert press(li, number, "answer", text=text).status_code == 303
    return number


def test_a_chat_that_ends_soon_is_marked_in_the_queue_and_on_the_case(house: House, enter: Any) -> None:
    number = house.write(QUESTION)
    li = enter("li")
    words = "微信会话还剩 3 小时，可再发 2 条"
    assert words not in li.get("/console/queue/section").text, "two days are not soon"
    assert "微信会话还剩 2 天，可再发 5 条" in page_of(li, number)
    window(house, 3.2, 2)
    assert words in li.get("/console/queue/section").text
    page = page_of(li, number)
    assert words in page and "请在这之前签发" in page
    window(house, -1, 2)
    assert "微信会话已结束" in page_of(li, number)
    window(house, 9, 0)
    assert "可发的条数已用完" in page_of(li, number)
    assert "微信会话" not in li.get("/console/queue/section").text


def test_a_draft_that_does_not_fit_says_so_before_it_is_issued(house: House, enter: Any) -> None:
    number = house.write(QUESTION)
    li = enter("li")
    press(li, number, "claim")
    press(li, number, "draft", text=LONG)
    assert "条，会编号分条发送" in page_of(li, number)
    window(house, 20, 1)
    assert "装不下：先发 1 条" in page_of(li, number)


def test_an_answer_cut_short_by_the_count_can_be_taken_back_shortened_and_issued_anew(house: House, enter: Any) -> None:
    li = enter("li")
    number = answered(house, li, LONG)
    window(house, 20, 1)
    assert deliver(house).sent == 1
    page = page_of(li, number)
    assert "已发 1 条" in page and "未送达" in page
    assert stored(house, number).state == "to_deliver"
    assert press(li, number, "redraft", reason="").status_code == 422
    assert press(li, number, "redraft", reason="太长，改短").status_code == 303
    assert stored(house, number).state == "in_progress"
    page = page_of(li, number)
    assert LONG in page and "收回答复重拟：太长，改短" in page
    assert "您好，关于编号" not in page.split('id="f-text"')[1].split("</textarea>")[0], "the frame is not the draft's"
    press(li, number, "answer", text="带身份证到社区办理。")
    window(house, 20, 3)
    assert deliver(house).sent == 1
    assert stored(house, number).state == "answered"
    with house.services.core.database.read() as session:
        states = list(session.scalars(select(Reply.state).order_by(Reply.id)))
    assert states == ["superseded", "issued"]
    assert [row.vendor_code for row in rows(house)] == ["superseded", ""]


def test_what_is_taken_back_is_never_sent(house: House, enter: Any) -> None:
    li = enter("li")
    number = answered(house, li)
    press(li, number, "redraft", reason="写错了地址")
    assert deliver(house).sent == 0
    assert rows(house)[0].state == "failed"


@pytest.mark.parametrize(("way", "outcome"), [(way, outcome) for way, known in RESULTS_OF.items() for outcome in known])
def test_every_recorded_try_stands_with_who_when_number_and_result_and_only_arrival_moves_the_case(
    house: House, enter: Any, way: str, outcome: str
) -> None:
    li = enter("li")
    number = answered(house, li)
    window(house, -1, 0)
    deliver(house)
    told = {"told_whom": "张桂兰本人", "gist": "带身份证办理", "told_number": "13900001234", "proof": "签收单 7 号"}
    assert press(li, number, "record_delivery", outcome=f"{way}:{outcome}", **told).status_code == 303
    result, case = RESULTS_OF[way][outcome], stored(house, number)
    assert case.state == ("answered" if result.state == "sent" else "to_deliver")
    page = page_of(li, number)
    assert all(words in page for words in (result.name, "13900001234", "张桂兰本人", "li登记", "签收单 7 号"))
    row = rows(house)[-1]
    assert (row.state, row.attempt) == (result.state, outcome)
    assert "13900001234" not in row.told_number and "张桂兰" not in row.told_whom, "sealed in the database"


def test_a_try_without_its_number_is_asked_for_it(house: House, enter: Any) -> None:
    li = enter("li")
    number = answered(house, li)
    refused = press(li, number, "record_delivery", outcome="phone:no_answer")
    assert refused.status_code == 422
    assert "请填写拨打的号码" in refused.text
    assert press(li, number, "record_delivery").status_code == 422


def test_a_letter_on_its_way_stays_with_the_office_until_somebody_says_it_was_signed_for(
    house: House, enter: Any
) -> None:
    li = enter("li")
    number = answered(house, li)
    window(house, -1, 0)
    deliver(house)
    press(li, number, "record_delivery", outcome="post:posted", told_number="EA123456789CN")
    letter = rows(house)[-1]
    board = enter("office").get("/console/board/deliveries").text
    assert "已寄出，等签收" in board
    core, office = house.services.core, house.officers["office"]
    with pytest.raises(Conflict):
        decide(core, letter.id, Decision.RESEND, office, "再寄", house.clock())
    decide(core, letter.id, Decision.CONFIRM_SENT, office, "EMS 网站显示本人签收", house.clock())
    assert stored(house, number).state == "answered"
    assert [row.vendor_code for row in rows(house)] == ["superseded", "attempt"]


def test_after_a_vain_call_the_text_still_goes_out_when_the_citizen_writes(house: House, enter: Any) -> None:
    li = enter("li")
    number = answered(house, li)
    press(li, number, "record_delivery", outcome="phone:no_answer", told_number="13900001234")
    assert deliver(house).sent == 1
    assert stored(house, number).state == "answered"
