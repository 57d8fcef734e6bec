"""拟稿、审核、签发 in a real browser: an answer comes back with a reason, is changed, and goes out as it was read."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from handlers.records import Reply
from tests.acceptance.browsing import Open
from tests.bot.web.house import House

COMPLAINT = "高龄津贴这个月没有到账，打了三次电话都没人管，我要投诉，请你们处理。"
LABEL, WAITING = "给群众的答复", "待签发的答复"
FIRST = "经查，您的高龄津贴会补发。"
SECOND = "经查，您11月的高龄津贴因银行卡换卡没有发出，已于11月20日补发到新卡，请查收。"


def test_a_refused_answer_is_changed_and_only_the_last_text_is_issued(house: House, open_as: Open) -> None:
    number = house.write(COMPLAINT)
    desk, head = open_as("li"), open_as("zhang", width=390)
    desk.goto(f"/console/cases/{number}")
    desk.get_by_role("button", name="签收").click()
    desk.get_by_label(LABEL).fill(FIRST)
    desk.get_by_role("button", name="送审核").click()
    expect(desk.get_by_text("答复已送审")).to_be_visible()

    head.goto("/console/sign")
    head.locator("main").get_by_role("link", name="高龄津贴").first.click()
    expect(head.locator("#text")).to_have_text(FIRST)
    head.get_by_text("退回修改", exact=True).first.click()
    head.get_by_role("button", name="退回修改").click()
    expect(head.get_by_role("alert")).to_be_visible()
    head.get_by_label("修改意见").fill("写清楚为什么没到账、哪天补发的。")
    head.get_by_role("button", name="退回修改").click()
    expect(head.get_by_text("已退回拟稿人修改。")).to_be_visible()

    desk.goto("/console/queue/mine")
    desk.get_by_role("link", name="高龄津贴").first.click()
    expect(desk.get_by_text("写清楚为什么没到账、哪天补发的。").locator("visible=true").first).to_be_visible()
    expect(desk.get_by_label(LABEL)).to_have_value(FIRST)
    desk.get_by_label(LABEL).fill(SECOND)
    desk.get_by_role("button", name="送审核").click()
    expect(desk.get_by_text("答复已送审")).to_be_visible()
    expect(desk.get_by_role("button", name="签发并送达")).to_have_count(0)

    head.goto(f"/console/cases/{number}")
    expect(head.get_by_label(WAITING)).to_have_value(SECOND)
    head.get_by_role("button", name="签发并送达").click()
    expect(head.get_by_text("答复已签发")).to_be_visible()
    with house.services.core.database.read() as session:
        reply = session.scalars(select(Reply).where(Reply.state == "issued")).one()
        assert SECOND in reply.text and FIRST not in reply.text
        assert {reply.drafted_by, reply.issued_by} == {house.officers["li"], house.officers["zhang"]}
