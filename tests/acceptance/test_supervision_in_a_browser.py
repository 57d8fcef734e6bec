"""Legal time in a real browser: a slip to its end, an alert acknowledged, a stand-in at work, a limit set otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from handlers.escalation.sweep import sweep
from handlers.supervision.sweep import sweep_slips
from handlers.supervision.weekly import list_week
from tests.acceptance.browsing import Open, picture, spills
from tests.bot.web.console_office.conftest import furnished, house, write_in

__all__ = ["furnished", "house", "write_in"]


@pytest.fixture
def late(house: Any, write_in: Any) -> str:
    """A question to 福利科 whose limit has passed; returns its number."""
    case = write_in("高龄津贴三个月没有到账", section_code="welfare", state="assigned", subject="高龄津贴没有到账")
    house.clock.at = case.next_due_at
    sweep(house.services.core, house.clock(), {})
    sweep_slips(house.services.core, house.clock(), {})
    return str(case.number)


def test_a_slip_is_raised_answered_sent_back_and_accepted(house: Any, late: str, open_as: Open) -> None:
    head, office = open_as("heli"), open_as("wuyun", script=False)
    head.goto("/console/supervision")
    picture(head, "slips")
    head.get_by_role("link", name="民督〔2026〕1号 福利科").click()
    picture(head, "slip-open")
    for reason in ("等旗县回复", "11月20日去函玉泉区，对方未回"):
        head.reload()
        head.get_by_label("原因").fill(reason)
        head.get_by_label("措施").fill("已电话催办，明日答复群众")
        head.get_by_role("button", name="提交答复").click()
        expect(head.get_by_text("已答复，办公室会审核。")).to_be_visible()
        office.goto("/console/supervision?which=answered")
        office.get_by_role("link", name="民督〔2026〕1号").click()
        expect(office.get_by_text(reason)).to_be_visible()
        if reason == "等旗县回复":
            office.get_by_label("意见").fill("哪天去的函、谁没有回")
            office.get_by_role("button", name="退回重新说明").click()
            expect(office.get_by_text("已退回")).to_be_visible()
    picture(office, "slip-answered")
    office.get_by_role("button", name="认可，了结").click()
    expect(office.get_by_text("已了结", exact=True).first).to_be_visible()
    office.get_by_role("button", name="制作督办单（Word）").click()
    with office.expect_download() as download:
        office.get_by_role("link", name="下载督办单").click()
    assert "民督〔2026〕1号" in download.value.suggested_filename
    head.goto(f"/console/cases/{late}")
    expect(head.get_by_text("督办单 民督〔2026〕1号 了结")).to_be_visible()


def test_an_alert_is_acknowledged_with_name_and_moment(late: str, open_as: Open) -> None:
    head = open_as("heli")
    head.goto("/console/alerts")
    picture(head, "alerts")
    expect(head.get_by_text("未确认").first).to_be_visible()
    before = head.get_by_role("button", name="知道了", exact=True).count()
    head.get_by_role("button", name="知道了", exact=True).first.click()
    expect(head.get_by_text("已确认，不再往下通知。")).to_be_visible()
    assert head.get_by_role("button", name="知道了", exact=True).count() == before - 1
    head.get_by_text("最近确认的").click()
    expect(head.get_by_role("cell", name="何丽").first).to_be_visible()


def test_a_stand_in_receives_what_was_meant_for_the_head(house: Any, write_in: Any, open_as: Open) -> None:
    head = open_as("heli")
    head.goto("/console/absences")
    today = head.get_by_label("从（含当天）").input_value()
    head.get_by_label("到（含当天）").fill(today[:8] + "30")
    head.get_by_label("由谁代班").select_option(label="白云（社救办）")
    head.get_by_label("事由").fill("培训")
    head.get_by_role("button", name="登记").click()
    expect(head.get_by_text("已登记")).to_be_visible()
    picture(head, "absences")
    case = write_in("高龄津贴没有到账", section_code="welfare", state="assigned")
    house.clock.at = case.next_due_at
    sweep(house.services.core, house.clock(), {})
    sweep_slips(house.services.core, house.clock(), {})
    stand_in = open_as("baiyun")
    stand_in.goto("/console/alerts")
    expect(stand_in.get_by_text("请福利科负责人").first).to_be_visible()
    stand_in.goto("/console/supervision")
    stand_in.get_by_role("link", name="民督〔2026〕1号").click()
    stand_in.get_by_label("原因").fill("科长外出，漏看")
    stand_in.get_by_label("措施").fill("今天答复")
    stand_in.get_by_role("button", name="提交答复").click()
    expect(stand_in.get_by_text("已答复，办公室会审核。")).to_be_visible()


def test_a_limit_is_set_otherwise_looked_at_and_applied(house: Any, write_in: Any, open_as: Open) -> None:
    case = write_in("请问高龄津贴怎么申请")
    admin = open_as("keeper")
    admin.goto("/console/admin/limits")
    picture(admin, "limits")
    admin.get_by_role("link", name="RX-01 咨询答复").click()
    admin.get_by_label("长短").fill("3")
    admin.get_by_role("button", name="预览", exact=True).click()
    expect(admin.get_by_role("alert")).to_contain_text("来源")
    admin.get_by_label("来源", exact=True).fill("办公会纪要〔2026〕5号")
    admin.get_by_label("为什么改").fill("两天不够")
    admin.get_by_role("button", name="预览", exact=True).click()
    expect(admin.get_by_text("1 个期限变动")).to_be_visible()
    picture(admin, "limit-preview")
    assert house.case().next_due_at == case.next_due_at
    admin.get_by_role("button", name="照此执行并重新计算").click()
    expect(admin.get_by_text("1 个期限变动")).to_be_visible()
    assert house.case().next_due_at > case.next_due_at
    picture(admin, "limit-history")
    office = open_as("wuyun")
    office.goto(f"/console/cases/{case.number}")
    expect(office.get_by_text("按办公会纪要〔2026〕5号重新计算")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_its_screen(house: Any, late: str, open_as: Open, width: int) -> None:
    list_week(house.services.core, house.clock())
    looked = {
        "wuyun": ["supervision", "supervision?which=late", "supervision/1", "supervision/weeks", "absences", "alerts"],
        "keeper": ["admin/limits", "admin/limits/XF-05", "admin/ladder", "admin/roster", "admin/hours"],
    }
    for login, paths in looked.items():
        page = open_as(login, width=width)
        for path in paths:
            page.goto(f"/console/{path}")
            assert spills(page) <= 0, f"{path} at {width}"
            picture(page, f"{path.replace('/', '-').partition('?')[0]}-{width}")
