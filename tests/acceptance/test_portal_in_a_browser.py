"""The portal in a real browser: a citizen on a phone and at a desk, with and without script, in 长者模式."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.barriers import barriers
from tests.acceptance.browsing import Open, spills
from tests.bot.web.guides import put_in_force
from tests.bot.web.live import LiveHouse, build_live

TEXT = "我母亲今年八十二岁，户口在玉泉区，高龄津贴怎么申请？"
ENHANCED = "color-contrast-enhanced"
PAGES = ("/", "/write", "/progress", "/guides", "/guides/low_income", "/privacy")


@pytest.fixture
def house(tmp_path: Path) -> LiveHouse:
    return build_live(tmp_path, rate_lookups_per_minute=100)


def hand_in(page: Page) -> tuple[str, str]:
    """Write and send as a person does; return number and query code."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("^我要留言 写清楚|我要留言")).first.click()
    page.get_by_label("您要说的事").fill(TEXT)
    page.get_by_role("button", name="下一步：检查一遍").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("检查一遍，再提交")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("留言已收到")
    number, code = (found.inner_text() for found in page.locator(".reference").all())
    return number, code


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_citizen_writes_reads_the_answer_and_rates(
    open_page: Open, house: LiveHouse, width: int, script: bool
) -> None:
    page = open_page(width=width, script=script)
    number, code = hand_in(page)
    house.answer(number, "八十周岁以上可以申请，子女可以代办。", house.clock())
    page.get_by_role("link", name="查看进度").click()
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("子女可以代办")).to_be_visible()
    page.get_by_label("一般", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    assert house.case().rating == "fair"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_guide_comes_with_the_receipt_and_its_reader_says_that_it_did(
    open_page: Open, house: LiveHouse, script: bool
) -> None:
    put_in_force(house)
    page = open_page(script=script)
    _, code = hand_in(page)
    expect(page.get_by_text("【申请高龄津贴】（示例，待核实）")).to_be_visible()
    page.get_by_role("link", name="查看进度").click()
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查看").click()
    page.get_by_role("button", name="解决了").click()
    expect(page.get_by_text("已按您说的“解决了”办结")).to_be_visible()
    assert (house.case().state, house.case().rating) == ("closed", "")


def test_a_scanned_code_fills_in_what_must_not_be_sent_in_an_address(open_page: Open) -> None:
    page = open_page()
    number, code = hand_in(page)
    page.goto(f"/progress?number={number}#{code}")
    expect(page.get_by_label("受理编号")).to_have_value(number)
    expect(page.get_by_label("查询码")).to_have_value(code)
    assert code not in page.url
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("办理经过")).to_be_visible()


def test_a_mistake_takes_the_reader_to_the_list_of_errors_and_from_there_to_the_field(open_page: Open) -> None:
    page = open_page("/write")
    page.get_by_label("您要说的事").fill(TEXT)
    page.get_by_label(re.compile("打电话告诉我")).check()
    page.get_by_role("button", name="下一步：检查一遍").click()
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="您希望电话答复，请留下电话号码。").click()
    expect(page.locator("#f-phone")).to_be_focused()
    expect(page.get_by_label("您要说的事")).to_have_value(TEXT)


def test_words_that_were_not_sent_are_there_again_and_sent_ones_are_gone(open_page: Open) -> None:
    page = open_page("/write")
    page.get_by_label("您要说的事").fill(TEXT)
    for _ in range(100):  # the page keeps a draft a moment after the last key
        if page.evaluate("localStorage.length"):
            break
        page.wait_for_timeout(50)
    page.goto("/privacy")
    page.goto("/write")
    expect(page.get_by_label("您要说的事")).to_have_value(TEXT)
    page.get_by_role("button", name="下一步：检查一遍").click()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("留言已收到")
    page.goto("/write")
    expect(page.get_by_label("您要说的事")).to_have_value("")


def test_a_file_that_is_too_large_is_told_before_it_is_sent(open_page: Open) -> None:
    page = open_page("/write")
    photo = {"name": "楼道.jpg", "mimeType": "image/jpeg", "buffer": bytes(11 * 1024 * 1024)}
    page.get_by_label("照片或材料").set_input_files(files=[photo])
    expect(page.get_by_role("alert")).to_have_text("“楼道.jpg”超过 10 MB，请压缩或拍小一些再选。")
    assert page.get_by_label("照片或材料").evaluate("field => field.files.length") == 0


def test_going_back_after_looking_over_keeps_the_words(open_page: Open) -> None:
    page = open_page("/write", script=False)
    page.get_by_label("您要说的事").fill(TEXT)
    page.get_by_role("button", name="下一步：检查一遍").click()
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("您要说的事")).to_have_value(TEXT)


def test_large_type_is_one_tap_away_and_loses_nothing(open_page: Open) -> None:
    page = open_page("/write")
    page.get_by_label("您要说的事").fill(TEXT)
    page.get_by_role("link", name="长者模式（大字）").click()
    size = "getComputedStyle(document.body).fontSize"
    assert page.evaluate(size) == "24px"
    expect(page.get_by_label("您要说的事")).to_have_value(TEXT)
    page.goto("/progress")
    assert page.evaluate(size) == "24px"


@pytest.mark.parametrize("large", [False, True], ids=["standard", "large type"])
def test_no_page_on_the_way_keeps_anybody_out(open_page: Open, house: LiveHouse, large: bool) -> None:
    """axe-core from the first page to the rating, with the contrast of 7:1 that the portal promises."""
    put_in_force(house)
    page = open_page("/")
    if large:
        page.get_by_role("link", name="长者模式（大字）").click()
    found = [told for path in (*PAGES, "/nowhere") if page.goto(path) for told in barriers(page, ENHANCED)]
    page.goto("/write")
    page.get_by_role("button", name="下一步：检查一遍").click()
    expect(page.locator("#error-summary")).to_be_visible()
    found += barriers(page, ENHANCED)
    page.get_by_label("您要说的事").fill(TEXT)
    page.get_by_role("button", name="下一步：检查一遍").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("检查一遍，再提交")
    found += barriers(page, ENHANCED)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("留言已收到")
    found += barriers(page, ENHANCED)
    number, code = (one.inner_text() for one in page.locator(".reference").all())
    for answered in (False, True):
        if answered:
            house.answer(number, "八十周岁以上可以申请，子女可以代办。", house.clock())
        page.goto(f"/progress?number={number}")
        page.get_by_label("查询码").fill(code)
        page.get_by_role("button", name="查看").click()
        expect(page.get_by_text("办理经过")).to_be_visible()
        found += barriers(page, ENHANCED)
    assert not found, f"{len(found)} barriers\n" + "\n".join(found)


@pytest.mark.parametrize("large", [False, True], ids=["standard", "large type"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen_and_every_target_is_big_enough(
    open_page: Open, house: LiveHouse, width: int, large: bool
) -> None:
    put_in_force(house)
    page = open_page(width=width)
    if large:
        page.get_by_role("link", name="长者模式（大字）").click()
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None and answer.ok, path
        assert spills(page) <= 0, path
        small = page.evaluate(
            """() => [...document.querySelectorAll('main button, main .button, main input:not([type=hidden]),'
                 + ' main select, .big-choices a, .head a')]
                .filter(found => found.offsetParent && found.getBoundingClientRect().height < 24)
                .map(found => found.outerHTML.slice(0, 80))"""
        )
        assert not small, (path, small)


def test_the_whole_way_can_be_gone_by_keyboard(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/write")
    page.get_by_label("您要说的事").focus()
    page.keyboard.type("高龄津贴怎么申请")
    page.get_by_role("button", name="下一步：检查一遍").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("检查一遍，再提交")
