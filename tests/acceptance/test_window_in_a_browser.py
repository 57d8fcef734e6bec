"""48 hours and five messages, in a real browser: the real channel before the platform's stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.commands.installing import prepare
from bot.demo import demo_settings, simulator
from bot.web.app import create_app
from bot.wiring import House as Wired
from bot.wiring import build_house, build_jobs, build_services
from handlers.accounts.roles import Role
from handlers.organisation.load import shipped
from handlers.organisation.profile import NoticeTemplate
from handlers.records.database import Database
from tests.acceptance.barriers import barriers
from tests.acceptance.browsing import Open
from tests.bot.web.house import QUESTION, FrozenClock, House, Receiver
from tests.peers.server import bound, serving

ANSWER = "带您本人的身份证、户口本到社区办理，当场受理。"
NOTICE = NoticeTemplate(way="template", template_id="T-1", fields={"thing1": "{number}", "thing2": "{state}"})
LABEL = "给群众的答复"


@dataclass
class Bureau:
    """A whole installation whose clock a test turns, and whose jobs run when a test says so."""

    wired: Wired
    clock: FrozenClock
    site: str

    def work(self, hours: float = 0, minutes: float = 0) -> None:
        """Let time pass, then do what the timetable does: send, look after what was sent, send what is free again."""
        self.clock.go_on(hours=hours, minutes=minutes)
        jobs = build_jobs(self.wired)
        for job in (jobs.deliver, jobs.sweep_sending, jobs.deliver):
            job(self.clock())


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    listener, clock = bound(), FrozenClock()
    settings = demo_settings(tmp_path, listener.getsockname()[1])
    prepare(Database(settings.database_url), shipped("hohhot-2018").model_copy(update={"notices": (NOTICE,)}))
    wired = build_house(settings, clock)
    wired.core.understanding.read(QUESTION)  # its tables are read at the first text
    services = build_services(wired, with_scheduler=False, demo_routes=simulator(wired))
    House(services, clock, Receiver()).take_on(zhang=(Role.HEAD, "welfare"), li=(Role.OFFICER, "welfare", "李强"))
    with serving(create_app(services), listener, lifespan="auto") as address:
        yield Bureau(wired, clock, address)


@pytest.fixture
def site(bureau: Bureau) -> str:
    return bureau.site


def ask(phone: Page) -> str:
    """Write from the telephone, and read the number in the receipt."""
    say(phone, QUESTION)
    receipt = phone.get_by_role("log").get_by_text("留言已收到").last
    found = re.search(r"\d{8}-\d{4,}", receipt.inner_text())
    assert found
    return found[0]


def say(phone: Page, text: str) -> None:
    phone.get_by_label("写留言").fill(text)
    phone.get_by_role("button", name="发送", exact=True).click()
    expect(phone.get_by_role("log").get_by_text(text).last).to_be_visible()


def answer(desk: Page, number: str) -> None:
    desk.goto(f"/console/cases/{number}")
    desk.get_by_role("button", name="签收").click()
    desk.get_by_label(LABEL).fill(ANSWER)
    desk.get_by_role("button", name="签发并送达").click()
    expect(desk.get_by_text("答复已签发，正在送达。")).to_be_visible()


def record(desk: Page, outcome: str) -> None:
    """Write down a try at telling the answer by hand, as the form on the case's page asks for it."""
    form = desk.locator("form", has=desk.get_by_label("怎样告知的、结果如何"))
    form.get_by_label("怎样告知的、结果如何").select_option(outcome)
    form.get_by_label("号码").fill("13900001234")
    form.get_by_label("告知了谁").fill("王秀英本人")
    form.get_by_label("告知的要点").fill("带身份证、户口本到社区办理")
    form.get_by_label("凭证").fill("通话录音 7 号")
    form.get_by_role("button", name="登记").click()


def test_a_closing_window_is_marked_and_used_in_time(bureau: Bureau, open_page: Open, open_as: Open) -> None:
    phone = open_page("/sim/phone/wang")
    number = ask(phone)
    bureau.work(hours=44.5)
    desk = open_as("li")
    desk.goto("/console/queue/unclaimed")
    expect(desk.get_by_text("微信会话还剩 3 小时，可再发 5 条")).to_be_visible()
    answer(desk, number)
    bureau.work(minutes=1)
    expect(phone.get_by_role("log").get_by_text(ANSWER)).to_be_visible()
    desk.reload()
    expect(desk.locator("main")).to_contain_text("已送达")


def test_after_the_window_a_notice_of_the_platform_goes_first_and_asking_brings_the_text(
    bureau: Bureau, open_page: Open, open_as: Open
) -> None:
    phone = open_page("/sim/phone/wang")
    number = ask(phone)
    bureau.work(hours=49)
    desk = open_as("li")
    desk.goto(f"/console/cases/{number}")
    expect(desk.locator("#window")).to_contain_text("微信会话已结束：答复不能直接发到对方微信")
    expect(desk.locator("#window")).to_contain_text("签发后依次试微信模板消息")
    answer(desk, number)
    bureau.work(minutes=1)
    log = phone.get_by_role("log")
    expect(log.get_by_text("已答复，请查看")).to_be_visible()
    expect(log.get_by_text(ANSWER)).to_have_count(0)
    say(phone, "进度")
    expect(log.get_by_text(ANSWER)).to_be_visible()


def test_what_no_way_could_bring_is_not_delivered_until_somebody_has_told_it(
    bureau: Bureau, open_page: Open, open_as: Open
) -> None:
    phone = open_page("/sim/phone/wang", width=1280)
    number = ask(phone)
    phone.get_by_label(re.compile("平台怎样回答")).select_option("43004")
    phone.get_by_role("button", name="就这样回答").click()
    bureau.work(hours=49)
    desk = open_as("li")
    answer(desk, number)
    bureau.work(minutes=1)
    desk.reload()
    expect(desk.get_by_text("未送达").first).to_be_visible()
    record(desk, "phone:no_answer")
    expect(desk.get_by_text("已登记，答复仍未送达，时限照走。")).to_be_visible()
    expect(desk.get_by_text("未送达").first).to_be_visible()
    record(desk, "phone:told")
    expect(desk.locator(".case-head")).to_contain_text("待评价")
    expect(desk.get_by_text("电话告知：已送达")).to_be_visible()


def test_the_stand_in_keeps_nobody_out(open_page: Open) -> None:
    phone = open_page("/sim")
    found = barriers(phone)
    phone.goto("/sim/phone/wang")
    found += barriers(phone)
    ask(phone)
    found += barriers(phone)
    assert not found, f"{len(found)} barriers\n" + "\n".join(found)
