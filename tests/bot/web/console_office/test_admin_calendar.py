"""The admin loads a year's holiday notice: pasted or uploaded, previewed, then applied to every open clock."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from handlers.deadlines.calendar_store import CalendarStore, seed_calendar_table, stored_days
from handlers.deadlines.clocks import add_clocks
from handlers.deadlines.limits import load_limits
from handlers.deadlines.seed import seed_days
from handlers.deadlines.worktime import SHANGHAI
from handlers.records import Case, CaseEvent, Clock
from tests.bot.web.house import token_of
from tests.handlers.deadlines.notices import NUMBER, TABLE

PAGE = "/console/admin/calendar"


@pytest.fixture
def house(house):
    """The live house over a calendar that lives in the tables."""
    core = house.services.core
    with core.database.write() as session:
        seed_calendar_table(session)
    house.services = replace(house.services, core=replace(core, calendar=CalendarStore(core.database)))
    return house


@pytest.fixture
def admin(enter):
    return enter("keeper")


@pytest.fixture
def late(house, write_in) -> int:
    """A case with a limit that the notice moves: two working days from 3 February 2027."""
    case = write_in()
    start = datetime(2027, 2, 3, 10, tzinfo=SHANGHAI)
    with house.services.core.database.write() as session:
        held = session.get_one(Case, case.id)
        add_clocks(session, house.services.core, held, [load_limits().rule("XF-11a")], start, start)
    return case.id


def send(client, do: str, table: str = TABLE, file: bytes | None = None, **more: str):
    text = client.get(PAGE).text
    data = {"csrf": token_of(text), "year": "2027", "number": NUMBER, "table": table, "do": do, **more}
    files = {"file": ("notice.csv", file, "text/csv")} if file is not None else None
    return client.post(PAGE, data=data, files=files, follow_redirects=False)


def seen(answer) -> str:
    return re.search(r'name="calendar" value="(\w+)"', answer.text).group(1)


def test_the_page_is_the_admins_alone_and_says_which_year_is_missing(enter, admin, house) -> None:
    assert enter("wuyun").get(PAGE).status_code == 403
    text = admin.get(PAGE).text
    assert "国办发明电〔2025〕7号" in text and "暂定，待载入通知" in text
    assert '<option value="2027" selected>' in text and "2025 年</option>" not in text


def test_a_notice_is_previewed_then_loaded_and_the_clocks_follow(admin, house, late) -> None:
    shown = send(admin, "preview")
    assert shown.status_code == 200
    assert "简易办理受理（XF-11a 待核实）" in shown.text and "2027-02-12" in shown.text and "2027-02-15" in shown.text
    assert "1 个期限变动" in shown.text and "2027年2月11日" in shown.text
    core = house.services.core
    with core.database.read() as session:
        assert stored_days(session) == seed_days()
    done = send(admin, "load", calendar=seen(shown))
    assert done.status_code == 303
    with core.database.read() as session:
        clock = session.query(Clock).filter(Clock.case_id == late, Clock.rule == "XF-11a").one()
        event = session.query(CaseEvent).filter(CaseEvent.action == "clock_recounted").one()
    assert clock.legal_due == datetime(2027, 2, 16, tzinfo=SHANGHAI) and not clock.provisional
    assert event.actor == f"officer:{house.officers['keeper']}" and event.data["why"] == NUMBER
    after = admin.get(PAGE).text
    assert "1 个期限变动" in after and NUMBER in after and "暂定，待载入通知" not in after


def test_an_upload_counts_before_what_was_pasted_and_may_be_in_either_encoding(admin) -> None:
    for encoding in ("utf-8-sig", "gb18030"):
        shown = send(admin, "preview", "", TABLE.replace(" ", ",").encode(encoding))
        assert shown.status_code == 200 and "2027-02-20,班" in shown.text and seen(shown)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE.replace("2027-10-02 休 国庆节\n", ""), "缺少 2027-10-02（国庆节）"),
        (TABLE + "\n2027-10-02 班", "又休又班"),
        (TABLE + "\n2027-02-30 班", "没有“2027-02-30”这一天"),
        ("", "表是空的"),
    ],
)
def test_a_faulty_table_is_refused_in_words_and_nothing_changes(admin, house, late, table: str, said: str) -> None:
    for do in ("preview", "load"):
        answer = send(admin, do, table)
        assert answer.status_code == 422 and said in answer.text
    with house.services.core.database.read() as session:
        assert stored_days(session) == seed_days()
        assert session.query(CaseEvent).filter(CaseEvent.action == "clock_recounted").count() == 0


def test_a_past_year_a_missing_number_and_a_workbook_are_refused(admin) -> None:
    assert "2025 年已经过去" in send(admin, "preview", year="2025").text
    assert "请选择年份" in send(admin, "preview", year="明年").text
    assert "请填写放假通知的文号" in send(admin, "preview", number="").text
    assert "另存为 CSV" in send(admin, "preview", file=b"PK\x03\x04" + b"\0" * 40).text
    assert "不是文字表格" in send(admin, "preview", file=b"\xff\xfe\xff\xff\xff").text


def test_a_load_without_the_preview_of_the_calendar_as_it_is_now_is_refused(admin, house) -> None:
    first = seen(send(admin, "preview"))
    assert send(admin, "load", calendar=first).status_code == 303
    again = send(admin, "load", TABLE.replace("2027-02-20", "2027-02-21"), calendar=first)
    assert again.status_code == 409 and "重新预览" in again.text
    assert not house.services.core.calendar().is_workday(date(2027, 2, 21))
