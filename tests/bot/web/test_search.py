"""The search page, its kept views, exports and imports, as officers meet them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from handlers.accounts.roles import Role
from handlers.records import Case, ExportRecord
from tests.bot.web.house import OTHERS, House, build_house, submit, token_of
from tests.handlers.intake.citizens import clear
from tests.web_client import TestClient

Enter = Callable[[str], TestClient]


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=clear("elderly_care", "help"), data_dir=tmp_path / "data")
    house.take_on(**OTHERS, head=Role.HEAD, li=Role.OFFICER)
    house.officer("recipient", Role.OFFICE, "general_office", receives_reports=True)
    return house


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))


def test_the_page_says_what_to_try_and_shows_what_matched(house: House, enter: Enter) -> None:
    number = house.write("请问臺灣老人的高龄津贴怎么领？")
    li = enter("li")
    assert "想找哪一件" in li.get("/console/search").text
    page = li.get("/console/search?q=台湾").text
    assert number in page and "<mark>臺灣</mark>" in page
    assert "没有找到“梧桐”" in li.get("/console/search?q=梧桐").text
    assert "“高”没有用来查找" in li.get("/console/search?q=高 台湾").text


def test_nothing_of_another_section_is_found_nor_counted(house: House, enter: Enter) -> None:
    number = house.write("请问高龄津贴怎么领？")
    other = enter("other").get(f"/console/search?q={number}").text
    assert "没有找到" in other and "/console/cases/" not in other


def test_a_restricted_case_looks_exactly_like_none(house: House, enter: Enter) -> None:
    number = house.write("我要说说院长的事")
    with house.services.core.database.write() as session:
        session.execute(update(Case).values(restricted=True, restricted_to=house.officers["recipient"]))
    for login in ("office", "li", "head"):
        client = enter(login)
        there = client.get("/console/search?q=院长").text
        none = client.get("/console/search?q=园长").text
        assert re.sub("院长|%25E9%2599%25A2", "", there) == re.sub("园长|%25E5%259B%25AD", "", none)
    assert number in enter("recipient").get("/console/search?q=院长").text


def test_a_view_is_kept_shared_by_the_head_and_dropped(house: House, enter: Enter) -> None:
    house.write("请问高龄津贴怎么领？")
    head, li, other = enter("head"), enter("li"), enter("other")
    page = "/console/search?q=津贴&kind=help"
    answer = submit(
        head, page, "/console/search/views", {"name": "津贴求助", "q": "津贴", "kind": "help", "shared": "1"}
    )
    assert answer.status_code == 303
    for client, sees in ((head, True), (li, True), (other, False)):
        assert ("津贴求助" in client.get("/console/search").text) is sees
    shown = li.get("/console/search").text
    (href,) = re.findall(r'<a href="([^"]+)" title="[^"]*">津贴求助', shown)
    assert "kind=help" in href and "/drop" not in shown, "it is the head's to delete"
    token = token_of(head.get("/console/search").text)
    (drop,) = re.findall(r'action="(/console/search/views/\d+/drop)"', head.get("/console/search").text)
    assert li.post(drop, data={"csrf": token_of(li.get(page).text)}).status_code == 404
    assert head.post(drop, data={"csrf": token}, follow_redirects=False).status_code == 303
    assert "津贴求助" not in li.get("/console/search").text


def test_a_search_and_a_queue_go_out_as_excel_on_record(house: House, enter: Enter) -> None:
    number = house.write("=1+1 津贴没有到账")
    house.write("公墓在哪里", "o-two")
    li = enter("li")
    answer = submit(li, "/console/search?q=津贴", "/console/exchange/export", {"query": "q=津贴"})
    head, *rows = sheet(answer)
    assert [row[0] for row in rows] == [number]
    assert rows[0][head.index("来信")] == "=1+1 津贴没有到账"
    whole = submit(li, "/console/queue/section", "/console/exchange/export", {"list": "section", "query": ""})
    assert len(sheet(whole)) == 3
    with house.services.core.database.read() as session:
        records = session.scalars(select(ExportRecord).order_by(ExportRecord.id)).all()
    assert [(row.officer_id, row.what, row.rows) for row in records] == [
        (house.officers["li"], "查找，“津贴”", 1), (house.officers["li"], "队列“本科室”，全部", 2),
    ]  # fmt: skip
    assert all(row.finished_at for row in records)
    assert "查找，“津贴”" in enter("office").get("/console/exchange/exports").text
    assert "查找，“津贴”" not in enter("other").get("/console/exchange/exports").text


def test_an_export_holds_only_what_its_officer_may_see(house: House, enter: Enter) -> None:
    house.write("津贴没有到账")
    hidden = house.write("津贴的另一件", "o-two")
    with house.services.core.database.write() as session:
        session.execute(update(Case).where(Case.number == hidden).values(restricted=True, restricted_to=None))
    other, office = enter("other"), enter("office")
    for client, rows in ((other, 0), (office, 1)):
        token = token_of(client.get("/console/search").text)
        answer = client.post("/console/exchange/export", data={"csrf": token, "query": "q=津贴"})
        assert len(sheet(answer)) - 1 == rows


LIST = "工单编号,工单内容,办理情况\nHX1,敬老院停水,\nHX2,,\n".encode()


def test_a_list_is_uploaded_looked_at_taken_in_and_given_back(house: House, enter: Enter) -> None:
    office = enter("office")
    here = "/console/exchange/imports"
    files = {"file": ("清单.csv", LIST, "text/csv")}
    answer = submit(office, here, here, {"source": "hotline_12345"}, files=files)
    assert answer.status_code == 303
    at = answer.headers["location"]
    page = office.get(at).text
    assert "导入这 1 行" in page and "没有诉求内容" in page
    assert submit(office, at, f"{at}/start", {}).status_code == 303
    page = office.get(at).text
    assert "已导入" in page
    assert len(sheet(office.get(f"{at}/refused"))) == 2
    back = sheet(submit(office, at, f"{at}/results", {}))
    assert back[0] == ("工单编号", "工单内容", "办理情况") and back[1][0] == "HX1"
    found = office.get("/console/search?q=HX1").text
    assert "敬老院停水" in found
    assert office.get("/console/search?q=敬老院&channel=import").text.count("data-row") == 1


@pytest.mark.parametrize(("data", "told"), [(b"", "空的"), (bytes.fromhex("d0cf11e0a1b11ae1"), "另存为 .xlsx")])
def test_a_file_that_is_no_list_is_told_so(house: House, enter: Enter, data: bytes, told: str) -> None:
    here = "/console/exchange/imports"
    files = {"file": ("x.xls", data or b" ", "application/octet-stream")}
    answer = submit(enter("office"), here, here, {"source": "hotline_12345"}, files=files)
    assert answer.status_code == 422 and (told in answer.text or not data)


def test_only_the_office_and_heads_import(enter: Enter) -> None:
    assert enter("li").get("/console/exchange/imports").status_code == 403
    assert enter("head").get("/console/exchange/imports").status_code == 200
