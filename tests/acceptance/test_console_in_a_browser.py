"""The console in a real browser: two officers at one case, the keyboard, no script at all, a phone's width."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.web.app import create_app
from handlers.accounts.roles import Role
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import PASSWORD, House, build_house

CHROMIUM = os.environ.get("HUIYING_TEST_CHROMIUM", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no browser (HUIYING_TEST_CHROMIUM is not set)"),
]
QUESTION = "请问高龄津贴怎么申请，需要什么材料？"

OpenAs = Callable[..., Page]


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    for login, role in (("zhang", Role.HEAD), ("li", Role.OFFICER), ("wang", Role.OFFICER)):
        house.officer(login, role)
    return house


@pytest.fixture
def site(house: House) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(house.services), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_as(chromium: Browser, site: str) -> Iterator[OpenAs]:
    contexts, complaints = [], []

    def open_page(login: str, width: int = 1280, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site, viewport={"width": width, "height": 800}, locale="zh-CN", java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto("/console/sign-in")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def test_two_officers_with_one_case_open_answer_it_once(house: House, open_as: OpenAs) -> None:
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


def test_a_case_is_opened_and_claimed_by_the_keyboard_alone(house: House, open_as: OpenAs) -> None:
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


def test_everything_works_without_script(house: House, open_as: OpenAs) -> None:
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


def test_a_draft_is_kept_without_pressing_anything(house: House, open_as: OpenAs) -> None:
    number = house.write(QUESTION)
    page = open_as("li")
    page.goto(f"/console/cases/{number}")
    page.get_by_role("button", name="签收").click()
    page.get_by_label("给群众的答复").fill("写到一半")
    expect(page.get_by_text("草稿已自动保存")).to_be_visible(timeout=10_000)
    page.reload()
    expect(page.get_by_label("给群众的答复")).to_have_value("写到一半")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_is_wider_than_its_screen(house: House, open_as: OpenAs, width: int) -> None:
    number = house.write(QUESTION + "很长的网址 https://example.invalid/" + "a" * 300)
    page = open_as("zhang", width=width)
    for path in ("queue/section", "queue/mine", f"cases/{number}", "password", "board", "register"):
        page.goto(f"/console/{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} at {width}"
