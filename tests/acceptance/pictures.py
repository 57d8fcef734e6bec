"""`python -m tests.acceptance.pictures docs/pictures`: the pictures of the READMEs, taken from a demo of today."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from bot.demo import demo_password
from tests.acceptance.browsing import CHROMIUM, Visitors
from tests.acceptance.stage import ROOT, free_port, wait_until_up

QUESTION = "您好，我今年82了，高龄津贴从哪儿领？"
ANSWER = (
    "王秀英老人您好：80 周岁以上老人的高龄津贴由户籍所在地社区受理。请带本人身份证、户口簿和银行卡，到玉泉区您家所在的"
    "社区居委会登记；您腿脚不便，可以请社区上门办理，我们已经和社区说好。办好后从次月起按月打到卡上。有不清楚的，请打"
    "福利科电话 0471-0000014 问张敏。"
)
#: Three people about one matter: what 相似来信 shows side by side.
LETTERS = {
    "bateer": "玉泉区夕阳红养老院从上周三起停了热水和暖气，老人们白天穿着棉袄坐在被窝里，"
    "院里只说在等热力公司，已经八天了。请民政局派人到院里看一看，督促他们尽快修好，退还这几天的取暖费。",
    "zhang": "我是住户家属。玉泉区夕阳红养老院从上周三起停了热水和暖气，我老伴和同屋的老人白天穿着棉袄"
    "坐在被窝里，院里只说在等热力公司，已经八天了。请民政局督促他们尽快修好，退还这几天的取暖费。",
    "qiqige": "玉泉区夕阳红养老院从上周三起停了热水和暖气，老人们白天穿着棉袄坐在被窝里，"
    "院里只说在等热力公司，都八九天了。请民政局派人到院里看一看，督促他们尽快修好。我母亲住三楼，已经冻感冒了。",
}
SLOW = 120_000  # milliseconds: the outbox ticks every two seconds, and machines are busy
PHONE = (426, 760)


def main(folder: str) -> None:
    """Start a demo of its own, play one conversation, and keep seven pictures in ``folder``."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as play:
        port = free_port()
        command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", home]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            assert wait_until_up(port, process, 900)
            _wait_until_ready(port)
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            _take(Visitors(browser, f"http://127.0.0.1:{port}"), demo_password(Path(home)), Path(folder))
            browser.close()
        finally:
            process.terminate()
            process.wait(120)


def _wait_until_ready(port: int) -> None:
    """Wait until every job has run once: the first round over a fresh demo holds the database for a while."""
    for _ in range(300):
        if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=60, trust_env=False).status_code == 200:
            return
        time.sleep(1)
    raise TimeoutError("the demo is not ready")


def _take(people: Visitors, password: str, folder: Path) -> None:
    def sign_in(login: str) -> Page:
        page = people.sign_in(login, password=password)
        page.set_default_timeout(SLOW)
        return page

    def keep(page: Page, name: str, at: str = "") -> None:
        if at:
            page.goto(at, timeout=SLOW)
        _small(page.screenshot()).save(folder / f"{name}.png", optimize=True)

    for persona, letter in LETTERS.items():
        last, _ = _ask(people.open(f"/sim/phone/{persona}"), letter)
    phone = people.open("/sim/phone/wang", width=PHONE[0], height=PHONE[1])
    log = phone.get_by_role("log")
    number, code = _ask(phone, QUESTION)

    desk = sign_in("zhangmin")
    desk.goto(f"/console/cases/{number}")
    desk.get_by_role("button", name="签收").click()
    desk.get_by_label("给群众的答复").fill(ANSWER)
    desk.evaluate("scrollTo(0, 0)")
    keep(desk, "case")
    desk.get_by_role("button", name="签发并送达").click()
    expect(desk.get_by_text("答复已签发")).to_be_visible(timeout=SLOW)
    expect(log.get_by_text(ANSWER[:20])).to_be_visible(timeout=SLOW)
    _say(phone, "满意，说得很清楚")
    expect(log.get_by_text("谢谢您的评价")).to_be_visible(timeout=SLOW)
    _conversation(phone).save(folder / "simulator.png", optimize=True)

    keep(sign_in("liuzhiqiang"), "queue", "/console/queue/section")
    office = sign_in("liufang")
    keep(office, "board", "/console/board")
    keep(office, "quality", "/console/quality")
    together = office.get_by_role("link", name="放在一起看")
    for _ in range(60):  # letters are compared every half minute
        office.goto(f"/console/cases/{last}", timeout=SLOW)
        if together.count():
            break
        office.wait_for_timeout(2000)
    together.first.click()
    keep(office, "similar")

    reader = people.open(f"/progress?number={number}", width=1280)
    reader.get_by_label("查询码").fill(code)
    reader.get_by_role("button", name="查看").click()
    expect(reader.get_by_text("办理经过")).to_be_visible(timeout=SLOW)
    reader.get_by_role("heading", name="答复", exact=True).evaluate("found => scrollTo(0, found.offsetTop - 300)")
    keep(reader, "portal-progress")


def _ask(phone: Page, text: str) -> tuple[str, str]:
    """Write, and read number and query code in the receipt."""
    _say(phone, text)
    receipt = phone.get_by_role("log").get_by_text("留言已收到").last
    expect(receipt).to_be_visible(timeout=SLOW)
    found = re.search(r"编号\s*(\d{8}-\d{4,})，查询码\s*(\w{4}-\w{4})", receipt.inner_text())
    assert found
    return found[1], found[2]


def _say(phone: Page, text: str) -> None:
    phone.get_by_label("写留言").fill(text)
    phone.get_by_role("button", name="发送", exact=True).click()


def _conversation(phone: Page) -> Image.Image:
    """The telephone three times side by side: the beginning, the middle and the end of what was said."""
    phone.evaluate("document.activeElement.blur()")
    whole = Image.new("RGB", (3 * PHONE[0], PHONE[1]))
    for place in range(3):
        phone.locator("[data-talk]").evaluate(
            "(talk, share) => { talk.scrollTop = (talk.scrollHeight - talk.clientHeight) * share; }", place / 2
        )
        whole.paste(Image.open(io.BytesIO(phone.screenshot())), (place * PHONE[0], 0))
    return whole.quantize(128)


def _small(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB").quantize(128)


if __name__ == "__main__":
    main(*sys.argv[1:])
