"""The main job in a real browser, over the running demo: written on a phone, answered at a desk, received and rated."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.demo import demo_password
from tests.acceptance.stage import ROOT, free_port, wait_until_up

CHROMIUM = os.environ.get("HUIYING_TEST_CHROMIUM", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no browser (HUIYING_TEST_CHROMIUM is not set)"),
]
SLOW = 20_000  # milliseconds: the outbox ticks every two seconds, and machines are busy
ANSWER = "可以代办。带您母亲和您的身份证、户口本，到玉泉区任一街道便民服务大厅办理，当场受理。"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """`huiying demo` as anybody would start it; yields its address and folder."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    assert wait_until_up(port, process, 150)
    yield f"http://127.0.0.1:{port}", folder
    process.terminate()
    process.wait(120)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_a_citizen_writes_is_answered_and_rates(demo: tuple[str, Path], chromium: Browser) -> None:
    address, folder = demo
    phone = _page(chromium, address, width=390)
    phone.goto("/sim/phone/wang")
    phone.get_by_label("写留言").fill("请问我替母亲办高龄津贴可以吗，她走不了路，要带什么材料？")
    phone.get_by_role("button", name="发送", exact=True).click()
    receipt = phone.get_by_role("log").get_by_text("留言已收到")
    expect(receipt).to_be_visible(timeout=SLOW)
    number = re.search(r"\d{8}-\d{4,}", receipt.inner_text())
    assert number is not None

    desk = _page(chromium, address)
    _sign_in(desk, "zhangmin", demo_password(folder))
    desk.goto(f"/console/cases/{number[0]}")
    desk.get_by_role("button", name="签收").click()
    desk.get_by_label("给群众的答复").fill(ANSWER)
    desk.get_by_role("button", name="签发并送达").click()
    expect(desk.get_by_text("答复已签发")).to_be_visible(timeout=SLOW)

    expect(phone.get_by_role("log").get_by_text(ANSWER[:20])).to_be_visible(timeout=SLOW)
    phone.get_by_label("写留言").fill("满意，说得很清楚")
    phone.get_by_role("button", name="发送", exact=True).click()
    expect(phone.get_by_role("log").get_by_text("谢谢您的评价")).to_be_visible(timeout=SLOW)

    desk.goto(f"/console/cases/{number[0]}")
    expect(desk.get_by_text("说得很清楚").first).to_be_visible()
    office = _page(chromium, address)
    _sign_in(office, "liufang", demo_password(folder))
    office.goto("/console/board")
    expect(office.get_by_role("heading", name="各科室")).to_be_visible()


def test_a_web_letter_gets_number_and_code_and_both_open_it(demo: tuple[str, Path], chromium: Browser) -> None:
    address, _ = demo
    page = _page(chromium, address, width=390)
    page.goto("/")
    page.get_by_role("link", name="我要留言").first.click()
    page.locator("textarea").first.fill("请问结婚登记可以提前预约吗？我们户口都不在本市。")
    page.get_by_role("button", name="下一步：检查一遍").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("main")).to_contain_text("查询码", timeout=SLOW)
    said = page.locator("main").inner_text()
    number, code = re.search(r"\d{8}-\d{4,}", said), re.search(r"\b(?!\d{4}-)[A-Z0-9]{4}-[A-Z0-9]{4}\b", said)
    assert number and code, said
    page.goto("/progress")
    page.get_by_label("编号").fill(number[0])
    page.get_by_label("查询码").fill(code[0])
    page.get_by_role("button", name="查看").click()
    expect(page.locator("main")).to_contain_text(number[0])
    expect(page.locator("main")).to_contain_text("已收到")


def _page(chromium: Browser, address: str, width: int = 1280) -> Page:
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 844}, locale="zh-CN")
    return context.new_page()


def _sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/console/sign-in")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=SLOW)
