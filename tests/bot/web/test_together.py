"""The console's pages of working together: who may ask who is there, what is refused, and what a person page does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from handlers.accounts.roles import Role
from handlers.records import Case, CaseEvent, Citizen, PersonCode, Presence, StaffSession
from tests.bot.web.house import OTHERS, House, build_house, token_of
from tests.handlers.intake.citizens import clear
from tests.web_client import TestClient

Enter = Callable[[str], TestClient]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path, understanding=clear("funeral", "complaint")).take_on(
        **OTHERS, audit=(Role.AUDITOR, ""), li=(Role.OFFICER, "social_affairs", "李强")
    )


def beat(client: TestClient, number: str, token: str, **more: str) -> object:
    return client.post(f"/console/cases/{number}/presence", data={"csrf": token, **more})


def test_only_those_who_may_see_a_case_learn_who_is_there(house: House, enter: Enter) -> None:
    number = house.write("公墓怎么续费？", "o-1")
    li, office, other = enter("li"), enter("office"), enter("other")
    li.get(f"/console/cases/{number}")
    page = office.get(f"/console/cases/{number}").text
    assert "李强 也在看" in page
    told = beat(office, number, token_of(page), version="0")
    assert told.json()["here"] == "李强 也在看"  # type: ignore[attr-defined]
    assert told.json()["changed"]  # type: ignore[attr-defined]
    token = token_of(other.get("/console/queue/mine").text)
    assert beat(other, number, token).status_code == 404  # type: ignore[attr-defined]
    beat(office, number, token_of(page), left="1")
    with house.services.core.database.read() as session:
        assert set(session.scalars(select(Presence.officer_id))) == {house.officers["li"]}


def test_what_a_page_asks_by_itself_fills_no_log_unless_it_is_refused(house: House, enter: Enter) -> None:
    number, li, other = house.write("公墓怎么续费？", "o-1"), enter("li"), enter("other")
    tokens = [token_of(client.get("/console/queue/mine").text) for client in (li, other)]
    with capture_logs() as logged:
        li.get("/console/queue/mine")
        beat(li, number, tokens[0])
        beat(other, number, tokens[1])
    lines = [(line["route"], line["log_level"]) for line in logged if line["event"] == "request"]
    asked = "/console/cases/{number}/presence"
    assert lines == [("/console/queue/{code}", "info"), (asked, "debug"), (asked, "info")]


def test_who_holds_a_case_is_said_once(house: House, enter: Enter) -> None:
    number = house.write("公墓怎么续费？", "o-1")
    li, office = enter("li"), enter("office")
    assert "data-held" in office.get(f"/console/cases/{number}").text
    form = {"csrf": token_of(li.get(f"/console/cases/{number}").text), "version": "1"}
    assert "已签收，由您办理" in li.post(f"/console/cases/{number}/claim", data=form).text
    page = office.get(f"/console/cases/{number}").text
    assert "李强 正在办理这件" in page and "data-held" not in page  # else the script would say it a second time


def test_an_open_page_does_not_keep_a_session_alive(house: House, enter: Enter) -> None:
    number = house.write("公墓怎么续费？", "o-1")
    li = enter("li")
    token = token_of(li.get(f"/console/cases/{number}").text)
    house.clock.go_on(minutes=30)
    assert beat(li, number, token).status_code == 200  # type: ignore[attr-defined]
    with house.services.core.database.read() as session:
        assert session.scalars(select(StaffSession.seen_at)).one() < house.clock()


def test_an_auditor_reads_groups_and_changes_nothing(house: House, enter: Enter) -> None:
    house.write("公墓怎么续费？", "o-1")
    audit = enter("audit")
    page = audit.get("/console/groups")
    assert page.status_code == 200 and "建群体件" not in page.text
    assert audit.get("/console/groups/new").status_code == 403
    assert audit.post("/console/mass", data={"csrf": token_of(page.text)}).status_code == 403


def test_a_restricted_case_is_refused_like_one_that_does_not_exist(house: House, enter: Enter) -> None:
    number, hidden = house.write("公墓怎么续费？", "o-1"), house.write("公墓谁管？", "o-2")
    with house.services.core.database.write() as session:
        case = session.scalars(select(Case).where(Case.number == hidden)).one()
        case.restricted = True
    office = enter("office")
    token = token_of(office.get("/console/groups/new").text)
    form = {"csrf": token, "title": "续费", "numbers": f"{number} {hidden}"}
    refused = office.post("/console/groups/new", data=form)
    absent = office.post("/console/groups/new", data=form | {"numbers": f"{number} 20260101-0001"})
    assert (refused.status_code, absent.status_code) == (422, 422)
    shown = [re.search(r"没有编号 (\S+) 的诉求", page.text) for page in (refused, absent)]
    assert [found and found.group(1) for found in shown] == [hidden, "20260101-0001"]
    data = {"csrf": token, "case": f"{hidden}:1", "act": "assign", "to": "section:finance"}
    assert "没有这件诉求" in office.post("/console/mass", data=data).text


def test_two_senders_are_joined_and_parted_from_the_page(house: House, enter: Enter) -> None:
    one, two = house.write("公墓怎么续费？", "o-1"), house.write("公墓续费去哪里交？", "o-2")
    li = enter("li")
    page = li.get(f"/console/cases/{one}/person?other={two}").text
    form = {"csrf": token_of(page), "number": two, "how": "call", "reason": "11月23日打电话，本人说两封都是她写的"}
    answer = li.post(f"/console/cases/{one}/person/join", data=form)
    assert "已认定为同一位群众" in answer.text and f"/console/cases/{two}" in answer.text
    page = li.get(f"/console/cases/{two}/person").text
    link = re.search(r'name="link" value="(\d+)"', page)
    assert link
    form = {"csrf": token_of(page), "link": link.group(1), "why": "弄错了"}
    assert "已撤销同一人认定" in li.post(f"/console/cases/{two}/person/part", data=form).text
    with house.services.core.database.read() as session:
        assert set(session.scalars(select(Citizen.person_id))) == {None}


def test_a_wrong_way_of_joining_says_what_is_wrong_at_the_field(house: House, enter: Enter) -> None:
    one = house.write("公墓怎么续费？", "o-1")
    li = enter("li")
    token = token_of(li.get(f"/console/cases/{one}/person").text)
    answer = li.post(
        f"/console/cases/{one}/person/join", data={"csrf": token, "number": "x", "how": "call", "reason": "y"}
    )
    assert answer.status_code == 422 and "没有这个编号" in answer.text


def test_a_code_on_its_way_names_no_case_that_is_hidden_from_the_reader(house: House, enter: Enter) -> None:
    number, hidden = house.write("公墓怎么续费？", "o-1"), house.write("另一件公墓的事", "o-2")
    with house.services.core.database.write() as session:
        ids = dict(session.execute(select(Case.number, Case.id)).tuples().all())
        now = house.clock()
        session.add(
            PersonCode(
                case_id=ids[number], other_case_id=ids[hidden], digest="", made_by=house.officers["li"], made_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )  # fmt: skip
    assert hidden in enter("li").get(f"/console/cases/{number}/person").text
    with house.services.core.database.write() as session:
        session.execute(update(Case).where(Case.number == hidden).values(restricted=True))
    assert hidden not in enter("li").get(f"/console/cases/{number}/person").text


def test_a_groups_replies_ask_for_a_reason_where_the_check_points_something_out(house: House, enter: Enter) -> None:
    numbers = [house.write("公墓怎么续费？", f"o-{i}") for i in range(2)]
    li = enter("li")
    token = token_of(li.get("/console/groups/new").text)
    li.post("/console/groups/new", data={"csrf": token, "title": "公墓", "numbers": " ".join(numbers)})
    form = {"csrf": token, "version": "2", "text": "【称呼】：我们会尽快处理。", "result": "solved"}
    page = li.post("/console/groups/1/decision", data=form).text
    assert "核对提醒" in page and "保留的理由" in page
    refused = li.post("/console/groups/1/answer", data={"csrf": token}).text
    assert "处理了 0 件" in refused and "尽快" in refused
    assert "处理了 2 件。" in li.post("/console/groups/1/answer", data={"csrf": token, "reason": "纪要原话"}).text


def test_a_page_opened_several_times_at_once_is_one_look(house: House, enter: Enter) -> None:
    number, office = house.write("公墓怎么续费？", "o-1"), enter("office")

    async def ask() -> list[int]:
        transport, cookies = httpx.ASGITransport(app=office.app), dict(office.cookies)
        client = httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=cookies, timeout=None)
        async with office.app.router.lifespan_context(office.app), client:
            pages = await asyncio.gather(*(client.get(f"/console/cases/{number}") for _ in range(6)))
        return [page.status_code for page in pages]

    assert asyncio.run(ask()) == [200] * 6
    with house.services.core.database.read() as session:
        looks = select(func.count()).select_from(CaseEvent).where(CaseEvent.action == "read")
        assert session.scalar(looks) == 1
