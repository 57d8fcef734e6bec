"""Writing an answer in a real browser: two windows on one draft, the check before the issue, the caret, no script."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.acceptance.browsing import Open, spills
from tests.bot.web.house import QUESTION, House

GOOD = "请带身份证和户口本到户籍所在的社区申请高龄津贴。"
LABEL = "给群众的答复"


def _claimed(house: House, open_as: Open, **more: object) -> tuple[str, Page]:
    number = house.write(QUESTION)
    page = open_as("li", **more)
    page.goto(f"/console/cases/{number}")
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收，由您办理。")).to_be_visible()
    return number, page


def test_a_draft_conflict_keeps_both_texts_and_shows_them_side_by_side(house: House, open_as: Open) -> None:
    number, first = _claimed(house, open_as)
    second = open_as("li")
    second.goto(f"/console/cases/{number}")
    first.get_by_label(LABEL).fill("请到社区办理，带身份证。")
    expect(first.get_by_text("草稿已自动保存")).to_be_visible(timeout=10_000)
    second.get_by_label(LABEL).fill("请到街道办理，带户口本。")
    expect(second.get_by_text("另存了一份")).to_be_visible(timeout=10_000)
    first.get_by_label(LABEL).fill("请到社区办理，带身份证和照片。")  # the first window goes on undisturbed
    expect(first.locator("[data-seen]")).to_have_value("2", timeout=10_000)
    second.reload()
    expect(second.get_by_role("heading", name="草稿有两个版本")).to_be_visible()
    for words in ("请到社区办理，", "请到街道办理，"):
        expect(second.locator("#versions mark", has_text=words)).to_be_visible()
    second.get_by_role("button", name="两份合在一起").click()
    expect(second.get_by_label(LABEL)).to_have_value("请到社区办理，带身份证和照片。\n\n请到街道办理，带户口本。")


def test_the_check_before_the_issue_asks_and_then_lets_the_officer_decide(house: House, open_as: Open) -> None:
    _, page = _claimed(house, open_as)
    page.get_by_label(LABEL).fill(GOOD + "请耐心等待。电话0471-00001。")
    page.get_by_role("button", name="签发并送达").click()
    expect(page.get_by_role("alert")).to_contain_text("还有 2 处要您决定")
    expect(page.locator("#check mark")).to_have_text(["请耐心等待", "0471-00001"])
    page.locator(".findings li").nth(1).get_by_role("link", name="改").click()
    assert page.evaluate("getSelection().toString()") == "0471-00001"
    page.keyboard.insert_text("0471-0000014")
    item = page.locator(".findings li").nth(0)
    item.get_by_text("保留并说明").click()
    item.get_by_label("为什么保留").fill("当面已经约好日期")
    item.get_by_role("button", name="保留").click()
    expect(page.get_by_text("已保留：当面已经约好日期")).to_be_visible()
    expect(page.get_by_label(LABEL)).to_have_value(GOOD + "请耐心等待。电话0471-0000014。")
    page.get_by_role("button", name="签发并送达").click()
    expect(page.get_by_text("答复已签发")).to_be_visible()


def test_a_saved_reply_goes_in_at_the_caret_and_everything_works_without_script(house: House, open_as: Open) -> None:
    number, page = _claimed(house, open_as)
    page.goto("/console/replies/new")
    page.get_by_label("名称").fill("带什么")
    page.get_by_label("内容").fill("请带{证件}，找{科室}。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存（第 1 版）")).to_be_visible()
    page.goto(f"/console/cases/{number}")
    page.get_by_label(LABEL).fill("第一句。最后一句。")
    page.get_by_label(LABEL).evaluate("area => { area.setSelectionRange(4, 4); area.blur(); }")
    page.locator("#saved summary").click()
    page.get_by_role("button", name="插入“带什么”").click()
    expect(page.get_by_label(LABEL)).to_have_value("第一句。\n请带{证件}，找福利科。\n最后一句。")
    plain = open_as("li", script=False)
    plain.goto(f"/console/cases/{number}")
    plain.get_by_label(LABEL).fill(GOOD + "请耐心等待。")
    plain.get_by_role("button", name="核对").click()
    expect(plain.get_by_text("1 处请您看看")).to_be_visible()
    plain.get_by_text("保留并说明").click()
    plain.get_by_label("为什么保留").fill("说好了")
    plain.get_by_role("button", name="保留", exact=True).click()
    plain.get_by_role("button", name="签发并送达").click()
    expect(plain.get_by_text("答复已签发")).to_be_visible()


def test_a_draft_of_ten_thousand_characters_is_kept_and_fits_a_telephone(house: House, open_as: Open) -> None:
    long = "请带身份证和户口本到社区办理，电话0471-0000014。\n" * 400
    number, page = _claimed(house, open_as, width=390)
    page.get_by_label(LABEL).fill(long)
    expect(page.get_by_text("草稿已自动保存")).to_be_visible(timeout=15_000)
    page.goto(f"/console/cases/{number}")
    assert len(page.get_by_label(LABEL).input_value()) >= 10_000
    assert spills(page) <= 0
