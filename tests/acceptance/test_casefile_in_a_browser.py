"""In a real browser: a restricted case seen from the accused section (nothing); a whole case file taken and opened."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Download, expect

from handlers.accounts.roles import Role
from handlers.understanding.rules import RulesUnderstanding
from tests.acceptance.browsing import Open
from tests.bot.web.house import House, build_house

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SECRET = "护理费对不上账"
HARM = "邻居家的小孩天天挨打，身上都是伤，请你们管管。"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding(), data_dir=tmp_path)
    house.take_on(zhang=Role.HEAD, li=Role.OFFICER, office=(Role.OFFICE, "general_office"))
    house.officer("suhe", Role.OFFICE, "general_office", receives_reports=True)
    return house


def test_the_accused_section_sees_nothing_of_a_restricted_case(house: House, open_as: Open) -> None:
    page = open_as("zhang")
    page.goto("/console/queue/section")
    before = page.locator("nav").first.inner_text()
    number = house.write(f"我要举报福利科{SECRET}，有人吃回扣。", sender="o-accuser")
    for place in ("queue/section", "queue/open", "queue/all", "queue/unclaimed", "board", "alerts", "figures"):
        page.goto(f"/console/{place}")
        assert number not in page.content() and SECRET not in page.content(), place
    page.goto("/console/queue/section")
    assert page.locator("nav").first.inner_text() == before
    page.goto(f"/console/cases/{number}")
    expect(page.get_by_text("没有这件诉求，或者您无权查看")).to_be_visible()
    recipient = open_as("suhe")
    recipient.goto(f"/console/cases/{number}")
    expect(recipient.get_by_role("heading", name="查看范围：举报专办")).to_be_visible()


def test_the_office_keeps_a_section_out_by_hand_and_it_is_gone_there(house: House, open_as: Open) -> None:
    number = house.write("养老院收费不合理，我要投诉。", sender="o-one")
    head, office = open_as("zhang"), open_as("office", script=False)
    head.goto(f"/console/cases/{number}")
    office.goto(f"/console/cases/{number}")
    office.get_by_text("改查看范围、回避").click()
    office.get_by_role("checkbox", name="福利科").check()
    office.get_by_label("回避：和普通件一样").check()
    office.locator("#f-guard-reason").fill("投诉涉及福利科的收费审批")
    office.get_by_role("button", name="保存查看范围").click()
    expect(office.get_by_text("查看范围已定为“回避”")).to_be_visible()
    head.goto(f"/console/cases/{number}")
    expect(head.get_by_text("没有这件诉求，或者您无权查看")).to_be_visible()


def test_a_whole_case_file_is_taken_and_opens(house: House, open_as: Open, tmp_path: Path) -> None:
    number = house.write("请问高龄津贴怎么申请，需要什么材料？", sender="o-two")
    page = open_as("zhang", width=390)
    page.goto(f"/console/cases/{number}")
    page.get_by_role("link", name="制作卷宗").click()
    page.get_by_label("用途").fill("复查复核")
    with page.expect_download() as taking:
        page.get_by_role("button", name="制作并下载").click()
    document = docx.Document(io.BytesIO(_bytes(taking.value)))
    assert any("请问高龄津贴怎么申请" in paragraph.text for paragraph in document.paragraphs)
    page.reload()
    page.get_by_label("数据归档").check()
    page.get_by_label("用途").fill("复查复核")
    with page.expect_download() as taking:
        page.get_by_role("button", name="制作并下载").click()
    with zipfile.ZipFile(io.BytesIO(_bytes(taking.value))) as archive:
        assert {"manifest.json", "messages.jsonl", "events.jsonl", f"卷宗-{number}-02.docx"} <= set(archive.namelist())
    if SOFFICE is not None:
        (tmp_path / "file.docx").write_bytes(archive_paper(_bytes(taking.value), number))
        command = [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "file.docx"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
        assert (tmp_path / "file.pdf").read_bytes().startswith(b"%PDF")


def test_a_child_in_danger_stands_on_top_until_it_is_reported(house: House, open_as: Open) -> None:
    number = house.write(HARM, sender="o-three")
    page = open_as("office")
    page.goto("/console/board")
    page.get_by_role("link", name=number).first.click()
    expect(page.get_by_role("heading", name="立即向公安机关报告")).to_be_visible()
    page.get_by_role("link", name="登记已报告").click()
    page.get_by_role("button", name="登记已报告").click()
    expect(page.get_by_role("alert")).to_contain_text("公安机关")
    page.get_by_label("公安机关", exact=True).fill("赛罕区公安分局某某派出所")
    page.get_by_label("接警单号或回执编号").fill("JJ-88")
    page.get_by_role("button", name="登记已报告").click()
    expect(page.get_by_text("已登记向公安机关报告。")).to_be_visible()
    expect(page.get_by_role("heading", name="立即向公安机关报告")).to_have_count(0)
    expect(page.get_by_text("回执 JJ-88").first).to_be_visible()


def archive_paper(archive: bytes, number: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(f"卷宗-{number}-02.docx")


def _bytes(download: Download) -> bytes:
    return Path(download.path()).read_bytes()
