"""The main job in a real browser, over the running demo: written on a phone, answered at a desk, received and rated."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.demo import demo_password
from tests.acceptance.browsing import Visitors
from tests.acceptance.stage import ROOT, free_port, wait_until_up

SLOW = 20_000  # milliseconds: the outbox ticks every two seconds, and machines are busy
ANSWER = "可以代办。带您母亲和您的身份证、户口本，到玉泉区任一街道便民服务大厅办理，当场受理。"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo keeps what it keeps."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    """`huiying demo` as anybody would start it; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    assert wait_until_up(port, process, 300)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(120)  # what is under way is finished first


def test_a_citizen_writes_is_answered_and_rates(people: Visitors, folder: Path) -> None:
    password = demo_password(folder)
    phone = people.open("/sim/phone/wang")
    phone.get_by_label("写留言").fill("请问我替母亲办高龄津贴可以吗，她走不了路，要带什么材料？")
    phone.get_by_role("button", name="发送", exact=True).click()
    receipt = phone.get_by_role("log").get_by_text("留言已收到")
    expect(receipt).to_be_visible(timeout=SLOW)
    number = re.search(r"\d{8}-\d{4,}", receipt.inner_text())
    assert number is not None

    desk = people.sign_in("zhangmin", password=password)
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
    office = people.sign_in("liufang", password=password)
    office.goto("/console/board")
    expect(office.get_by_role("heading", name="各科室")).to_be_visible()


def test_a_web_letter_gets_number_and_code_and_both_open_it(people: Visitors) -> None:
    page = people.open("/")
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
