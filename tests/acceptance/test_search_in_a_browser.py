"""Search, kept views, export and import as officers use them, in a real browser; by keyboard, on a phone's width."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from handlers.accounts.roles import Role
from handlers.understanding.rules import RulesUnderstanding
from tests.acceptance.browsing import Open, spills
from tests.bot.web.house import House, build_house

LIST = (
    "工单编号,派单时间,办结时限,事由,办理情况\nHX1,2026-11-20 10:00,2026-11-25,敬老院停水三天了,\nHX2,前天,,路灯不亮,\n"
)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding(), data_dir=tmp_path / "data")
    house.take_on(office=(Role.OFFICE, "general_office"), li=Role.OFFICER)
    house.write("请问高龄津贴怎么申请，需要什么材料？")
    house.write("高龄津贴这个月没有到账，请帮忙查一下。", "o-two")
    house.write("公墓的台阶坏了，老人上去很危险。", "o-three")
    return house


def test_two_characters_find_the_newest_first_and_the_keyboard_opens_it(house: House, open_as: Open) -> None:
    page = open_as("office")
    page.goto("/console/search")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("津贴")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("mark").first).to_have_text("津贴")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_contain_text("没有到账")


def test_filters_narrow_a_view_is_kept_and_the_list_goes_out(house: House, open_as: Open, tmp_path: Path) -> None:
    page = open_as("office")
    page.goto("/console/search?q=津贴")
    page.get_by_text("更多条件").click()
    page.get_by_label("类型").select_option("consultation")
    page.get_by_role("button", name="按条件查找").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_text("保存为视图").click()
    page.get_by_label("视图名称").fill("津贴咨询")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存视图“津贴咨询”。")).to_be_visible()
    page.goto("/console/search")
    page.get_by_role("link", name="津贴咨询").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 Excel").click()
    waiting.value.save_as(tmp_path / "out.xlsx")
    rows = list(load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True))
    assert len(rows) == 2 and "高龄津贴怎么申请" in str(rows[1])


def test_a_list_is_mapped_previewed_taken_in_and_given_back(house: House, open_as: Open, tmp_path: Path) -> None:
    file = tmp_path / "12345 清单.csv"
    file.write_bytes(LIST.encode("gb18030"))
    page = open_as("office")
    page.get_by_role("link", name="导入清单").click()
    page.get_by_label("清单来自").select_option("hotline_12345")
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("请先说明哪一列是诉求内容")).to_be_visible()
    page.get_by_label("事由").select_option("text")
    page.get_by_role("button", name="按这样核对").click()
    expect(page.get_by_role("cell", name="转办（派单）时间“前天”不是日期")).to_be_visible()
    page.get_by_role("button", name="导入这 1 行").click()
    expect(page.get_by_text("行已导入")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载不能导入的 1 行").click()
    waiting.value.save_as(tmp_path / "refused.xlsx")
    assert "前天" in str(list(load_workbook(tmp_path / "refused.xlsx").active.iter_rows(values_only=True))[1])
    with page.expect_download() as waiting:
        page.get_by_role("button", name="按原来的列导出办理结果").click()
    waiting.value.save_as(tmp_path / "back.xlsx")
    head = next(load_workbook(tmp_path / "back.xlsx").active.iter_rows(values_only=True))
    assert head == ("工单编号", "派单时间", "办结时限", "事由", "办理情况")
    page.get_by_role("link", name="看导入的诉求").click()
    page.get_by_role("link", name="敬老院停水三天了").click()
    expect(page.get_by_text("原编号 HX1")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_fit_a_phone_and_work_without_script(house: House, open_as: Open, width: int) -> None:
    page = open_as("office", width=width, script=False)
    for address in (
        "/console/search",
        "/console/search?q=津贴&kind=help",
        "/console/exchange/imports",
        "/console/exchange/exports",
    ):
        page.goto(address)
        assert spills(page) <= 0, address
