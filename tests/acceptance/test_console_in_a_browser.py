"""The console in a real browser: two officers at one case, the keyboard, no script at all, a phone's width."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.acceptance.browsing import Open, spills
from tests.bot.web.house import QUESTION, House


def test_two_officers_with_one_case_open_answer_it_once(house: House, open_as: Open) -> None:
    number = house.write(QUESTION)
    li, wang = open_as("li"), open_as("wang")
    for page in (li, wang):
        page.goto(f"/console/cases/{number}")
    li.get_by_role("button", name="签收").click()
    expect(li.get_by_text("已签收，由您办理。")).to_be_visible()
    wang.get_by_role("button", name="签收").click()
    expect(wang.get_by_role("alert")).to_contain_text("li")
    expect(wang.get_by_text("正在办理这件")).to_be_visible()
    li.get_by_label("给群众的答复").fill("带身份证到社区办理。")
    li.get_by_role("button", name="签发并送达").click()
    expect(li.get_by_text("答复已签发，正在送达。")).to_be_visible()


def test_a_case_is_opened_and_claimed_by_the_keyboard_alone(house: House, open_as: Open) -> None:
    number = house.write(QUESTION)
    page = open_as("li")
    page.goto("/console/queue/unclaimed")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/console/cases/{number}")
    page.keyboard.press("c")
    expect(page.get_by_text("已签收，由您办理。")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("您好")
    expect(page.get_by_label("给群众的答复")).to_have_value("您好")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_everything_works_without_script(house: House, open_as: Open) -> None:
    number = house.write(QUESTION)
    page = open_as("li", script=False)
    page.goto("/console/queue/unclaimed")
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收，由您办理。")).to_be_visible()
    page.get_by_label("给群众的答复").fill("带身份证到社区办理。")
    page.get_by_role("button", name="签发并送达").click()
    expect(page.get_by_text("答复已签发，正在送达。")).to_be_visible()
    page.get_by_role("link", name="大字").click()
    expect(page.locator("html")).to_have_class("console large")
    assert page.url.endswith(number)


def test_a_draft_is_kept_without_pressing_anything(house: House, open_as: Open) -> None:
    number = house.write(QUESTION)
    page = open_as("li")
    page.goto(f"/console/cases/{number}")
    page.get_by_role("button", name="签收").click()
    page.get_by_label("给群众的答复").fill("写到一半")
    expect(page.get_by_text("草稿已自动保存")).to_be_visible(timeout=10_000)
    page.reload()
    expect(page.get_by_label("给群众的答复")).to_have_value("写到一半")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_is_wider_than_its_screen(house: House, open_as: Open, width: int) -> None:
    number = house.write(QUESTION + "很长的网址 https://example.invalid/" + "a" * 300)
    page = open_as("zhang", width=width)
    for path in ("queue/section", "queue/mine", f"cases/{number}", "password", "board", "register"):
        page.goto(f"/console/{path}")
        assert spills(page) <= 0, f"{path} at {width}"
