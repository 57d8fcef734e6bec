"""Two officers at one case, and many people with one matter, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from handlers.accounts.roles import Role
from handlers.neighbours.compare import find_similar
from tests.acceptance.browsing import Open
from tests.bot.web.house import House, build_house
from tests.handlers.intake.citizens import clear
from tests.handlers.neighbours.letters import SMOKE


@pytest.fixture
def house(tmp_path: Path) -> House:
    people = {"zhang": (Role.HEAD, "张敏"), "li": (Role.OFFICER, "李强"), "wang": (Role.OFFICER, "王芳")}
    staff = {login: (role, "social_affairs", name) for login, (role, name) in people.items()}
    staff["wuyun"] = (Role.OFFICE, "general_office", "乌云")
    return build_house(tmp_path, understanding=clear("funeral", "complaint")).take_on(**staff)


def test_two_officers_see_each_other_claim_and_hand_over(house: House, open_as: Open) -> None:
    number = house.write(SMOKE[0])
    li, wang = open_as("li"), open_as("wang")
    li.goto(f"/console/cases/{number}")
    wang.goto(f"/console/cases/{number}")
    expect(wang.get_by_text("李强 也在看")).to_be_visible()
    expect(li.get_by_text("王芳 也在看")).to_be_visible(timeout=12_000)
    li.get_by_role("button", name="签收").click()
    expect(li.get_by_text("已签收，由您办理。")).to_be_visible()
    expect(wang.get_by_text("李强 已签收，正在办理。")).to_be_visible(timeout=12_000)
    expect(wang.get_by_text("这件刚有变化")).to_be_visible()
    li.get_by_label("给群众的答复").fill("您好，正在核实。")
    expect(wang.get_by_text("李强 正在写答复")).to_be_visible(timeout=12_000)
    expect(li.get_by_text("草稿已自动保存")).to_be_visible(timeout=12_000)
    li.get_by_text("移交", exact=True).first.click()
    form = li.locator("#do-hand_over")
    form.get_by_label("交给谁").select_option(label="王芳")
    form.get_by_label("交接说明（办到哪一步、还差什么）").fill("已约周三到现场看。")
    form.get_by_role("button", name="移交").click()
    expect(li.get_by_text("已移交给王芳")).to_be_visible()
    wang.goto("/console/alerts")
    expect(wang.get_by_text("已移交给您")).to_be_visible()
    wang.goto(f"/console/cases/{number}")
    expect(wang.get_by_text("已约周三到现场看。")).to_be_visible()
    expect(wang.get_by_label("给群众的答复")).to_have_value("您好，正在核实。")


def test_presence_is_a_line_of_the_page_without_script(house: House, open_as: Open) -> None:
    number = house.write(SMOKE[0])
    li, wang = open_as("li", script=False), open_as("wang", script=False)
    li.goto(f"/console/cases/{number}")
    wang.goto(f"/console/cases/{number}")
    expect(wang.get_by_text("李强 也在看")).to_be_visible()
    house.clock.go_on(minutes=3)
    wang.reload()
    expect(wang.get_by_text("李强 也在看")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_a_mass_petition_from_suggestion_to_everybodys_own_reply(house: House, open_as: Open, script: bool) -> None:
    numbers = [house.write(text, f"o-{i}") for i, text in enumerate(SMOKE)]
    find_similar(house.services.core, house.clock())
    page = open_as("zhang", script=script)
    page.goto(f"/console/cases/{numbers[0]}")
    page.get_by_role("link", name="放在一起看").click()
    page.get_by_role("link", name="建群体件").click()
    page.get_by_label("什么事").fill("青松陵园对面祭品店烧纸")
    for number in numbers[1:]:
        page.get_by_label(number).check()
    page.get_by_role("button", name="建立").click()
    expect(page.get_by_text("群体件已建立")).to_be_visible()
    page.get_by_text("选代表", exact=True).click()
    for number in numbers[:2]:
        page.locator("#f-representative").get_by_label(number).check()
    page.get_by_role("button", name="记下代表").click()
    expect(page.get_by_text("代表", exact=True)).to_have_count(2)
    page.get_by_label("决定全文").fill("【称呼】：您好。编号 【编号】 反映的烧纸问题，已责令该店停止，周五复查。")
    page.get_by_label("办理结果").select_option(label="解决")
    page.get_by_role("button", name="保存，并看每个人会收到什么").click()
    expect(page.get_by_text("确认后会给 5 位群众各发一份答复")).to_be_visible()
    expect(page.get_by_text(f"编号 {numbers[0]} 反映的").first).to_be_visible()
    if page.get_by_label("保留的理由").count():
        page.get_by_label("保留的理由").fill("会议纪要的原话")
    page.get_by_role("button", name="确认，答复 5 位群众").click()
    expect(page.get_by_text("处理了 5 件。")).to_be_visible()
    office = open_as("wuyun", script=script)  # nobody issues their own: the head's drafts are the office's to issue
    office.goto(page.url.rpartition("/")[0])
    office.get_by_role("button", name="逐件签发").click()
    expect(office.get_by_text("处理了 5 件。")).to_be_visible()
    office.goto(page.url.rpartition("/")[0])
    expect(office.get_by_text("已签发，")).to_have_count(5)


def test_many_ticked_cases_are_previewed_then_done_and_reported(house: House, open_as: Open) -> None:
    numbers = [house.write(text, f"o-{i}") for i, text in enumerate(SMOKE[:3])]
    page, li = open_as("zhang"), open_as("li")
    page.goto("/console/queue/section")
    for number in numbers:
        page.get_by_label(f"选中 {number}").check()
    page.get_by_label("分派给").select_option(label="王芳")
    page.get_by_role("button", name="分派", exact=True).click()
    expect(page.get_by_text("确认后会处理 3 件")).to_be_visible()
    li.goto(f"/console/cases/{numbers[1]}")
    li.get_by_role("button", name="签收").click()
    expect(li.get_by_text("已签收，由您办理。")).to_be_visible()
    page.get_by_role("button", name="确认，处理 3 件").click()
    expect(page.get_by_text("已处理 2 件，1 件没有处理")).to_be_visible()
    expect(page.get_by_text("李强 于")).to_be_visible()
