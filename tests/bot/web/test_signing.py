"""审签 as pages: the list of what waits, reading and signing without a script, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.web.app import create_app
from handlers.accounts.roles import Role
from handlers.records import Case, CaseEvent, DraftVersion, Reply, SealRecord
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import House, build_house, sign_in, token_of
from tests.handlers.documents.samples import TYPED
from tests.web_client import TestClient

LETTER = "我要投诉：养老机构乱收费，每月多收护理费六百元，请核实。"
ANSWER = "经查，多收的护理费共六百元，已于11月20日退还到账。"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    house.officer("zhang", Role.OFFICER, name="张敏")
    house.officer("heli", Role.HEAD, name="何丽")
    house.officer("lin", Role.OFFICER, "law_policy", name="林岚")
    house.officer("wuyun", Role.OFFICE, "general_office", name="乌云")
    house.officer("batu", Role.LEADER, "", name="巴图")
    house.officer("audit", Role.AUDITOR, "")
    return house


@pytest.fixture
def browser(house: House) -> Iterator[Any]:
    app, opened = create_app(house.services), dict[str, TestClient]()

    def open_as(login: str) -> TestClient:
        if login not in opened:
            opened[login] = TestClient(app)
            opened[login].__enter__()
            sign_in(opened[login], login)
        return opened[login]

    yield open_as
    for client in opened.values():
        client.__exit__(None, None, None)


@pytest.fixture
def number(house: House, browser: Any) -> str:
    """A supervised complaint that zhang has in hand: head, then office."""
    number = house.write(LETTER)
    with house.services.core.database.write() as session:
        case = session.scalars(select(Case)).one()
        case.section_code, case.state, case.kind, case.supervised = "welfare", "in_progress", "complaint", True
        case.officer_id = house.officers["zhang"]
    return number


def press(client: TestClient, page: str, to: str, **data: Any) -> Any:
    """Press a button of ``page`` as it stands now."""
    text = client.get(page).text
    hidden = {name: re.search(rf'name="{name}" value="(\w+)"', text) for name in ("version", "shown", "seen")}
    form = {"csrf": token_of(text)} | {name: found[1] for name, found in hidden.items() if found}
    return client.post(to, data=form | data, follow_redirects=False)


def draft(browser: Any, number: str) -> None:
    page = f"/console/cases/{number}"
    assert press(browser("zhang"), page, f"{page}/answer", text=ANSWER, result="solved").status_code == 303


def sign(client: TestClient, number: str, move: str, **data: Any) -> Any:
    page = f"/console/sign/{number}"
    return press(client, page, f"{page}/{move}", **data)


def rows(house: House, table: Any) -> list[Any]:
    with house.services.core.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_the_list_shows_what_waits_for_whose_step_it_is(house: House, browser: Any, number: str) -> None:
    draft(browser, number)
    shown = {login: number in browser(login).get("/console/sign").text for login in ("heli", "wuyun", "lin", "batu")}
    assert shown == {"heli": True, "wuyun": False, "lin": False, "batu": False}
    assert browser("audit").get("/console/sign").status_code == 403
    assert "没有等您审签的" in browser("batu").get("/console/sign").text
    assert browser("batu").get(f"/console/sign/{number}", follow_redirects=False).status_code == 303
    assert browser("lin").get(f"/console/sign/{number}").status_code == 404  # not the legality section's yet


def test_reading_shows_the_essence_and_is_recorded_and_signing_passes_it_on(
    house: House, browser: Any, number: str
) -> None:
    draft(browser, number)
    page = browser("heli").get(f"/console/sign/{number}").text
    assert LETTER in page and ANSWER in page and "张敏拟稿" in page and "审核通过" in page
    reads = [event for event in rows(house, CaseEvent) if event.action == "read"]
    assert reads[-1].actor == f"officer:{house.officers['heli']}"
    assert sign(browser("heli"), number, "approve").status_code == 303
    assert "签发：答复" in browser("wuyun").get("/console/sign").text
    assert sign(browser("wuyun"), number, "issue").status_code == 303
    reply = rows(house, Reply)[0]
    assert (reply.state, reply.issued_by) == ("issued", house.officers["wuyun"])


def test_what_was_not_read_is_not_signed(house: House, browser: Any, number: str) -> None:
    draft(browser, number)
    refused = sign(browser("heli"), number, "approve", shown="0" * 64)
    assert refused.status_code == 409 and "您看到的不是现在的" in refused.text
    stale = sign(browser("heli"), number, "approve", version="1")
    assert stale.status_code == 409 and rows(house, Reply)[0].position == 0


def test_sending_back_wants_a_reason_and_carries_the_reviewer_s_words(house: House, browser: Any, number: str) -> None:
    draft(browser, number)
    bare = sign(browser("heli"), number, "send_back", reason="")
    assert bare.status_code == 422 and "请写明修改意见" in bare.text
    page = f"/console/cases/{number}"
    better = ANSWER + "给您添麻烦了。"
    back = press(browser("heli"), page, f"{page}/send_back", reason="加一句致歉", text=better)
    assert back.status_code == 303
    assert [(row.state, row.text) for row in rows(house, DraftVersion) if row.state == "aside"] == [("aside", better)]
    shown = browser("zhang").get(page).text
    assert "修改意见：加一句致歉" in shown and "给您添麻烦了。" in shown and ANSWER in shown


def test_findings_left_undecided_are_decided_on_the_case_s_own_page(house: House, browser: Any, number: str) -> None:
    draft(browser, number)
    page = f"/console/cases/{number}"
    cold = ANSWER + "你自己没看清。"
    assert press(browser("heli"), page, f"{page}/approve", text=cold).status_code == 303
    refused = sign(browser("wuyun"), number, "issue")
    assert refused.status_code in (409, 422) and f"{page}#check" in refused.text and "要您决定" in refused.text


def test_the_case_page_says_whose_turn_it_is_and_warns_of_the_new_round(
    house: House, browser: Any, number: str
) -> None:
    draft(browser, number)
    page = f"/console/cases/{number}"
    assert "等何丽" in browser("zhang").get(page).text and "签发并送达" not in browser("zhang").get(page).text
    press(browser("heli"), page, f"{page}/approve", text=ANSWER)
    assert "改后的文字要从头再审一遍" in browser("wuyun").get(page).text
    changed = press(browser("wuyun"), page, f"{page}/issue", text=ANSWER + "谢谢。")
    assert changed.status_code == 303 and rows(house, Reply)[0].round == 2
    assert "改了文字" in browser("heli").get(page).text


def test_a_document_that_cannot_set_out_loses_nothing_that_was_typed(house: House, browser: Any, number: str) -> None:
    draft(browser, number)  # the case is in review: nothing else sets out
    form = f"/console/cases/{number}/documents/new?kind=opinion"
    page = browser("zhang").get(form).text
    assert "制作并编号" not in page and 'name="day"' not in page
    sent = press(browser("zhang"), form, f"/console/cases/{number}/documents/new", do="submit", kind="opinion", **TYPED)
    assert sent.status_code == 409 and "没有送审" in sent.text and TYPED["facts"] in sent.text


def test_a_signed_document_wants_its_seal_on_the_case_page(house: House, browser: Any, number: str) -> None:
    new = f"/console/cases/{number}/documents/new"
    sent = press(browser("zhang"), f"{new}?kind=refusal_notice", new, do="submit", kind="refusal_notice", **TYPED)
    assert sent.status_code == 303 and sent.headers["location"].endswith("#act")
    for login in ("heli", "lin", "wuyun"):
        assert sign(browser(login), number, "approve").status_code == 303
    assert sign(browser("batu"), number, "issue").status_code == 303
    page = f"/console/cases/{number}"
    shown = browser("wuyun").get(page).text
    assert "已签发，待用印" in shown and "登记用印" in shown and "登记送达</a>" not in shown
    document = re.search(r'name="document" value="(\d+)"', shown)
    assert document is not None
    listed = browser("wuyun").get("/console/sign").text
    assert f'href="{page}#documents"' in listed and "用印：不予受理告知书" in listed
    assert number in browser("batu").get("/console/queue/to_seal").text
    assert browser("zhang").get("/console/queue/to_seal").status_code == 404
    assert "待用印" in browser("batu").get("/console").text and "待用印" not in browser("zhang").get("/console").text
    wrong = press(browser("wuyun"), page, f"{page}/seal", document=document[1], copies="很多")
    assert wrong.status_code == 422 and "份数请填" in wrong.text
    assert press(browser("wuyun"), page, f"{page}/seal", document=document[1], copies="2").status_code == 303
    assert rows(house, SealRecord)[0].copies == 2
    assert "登记送达</a>" in browser("wuyun").get(page).text
    assert number not in browser("wuyun").get("/console/queue/to_seal").text
    assert "/console/queue/to_seal" not in browser("batu").get("/console").text, "nothing waits for the seal any more"


def test_whose_turn_it_is_stands_in_their_notices_and_leads_to_the_text(
    house: House, browser: Any, number: str
) -> None:
    draft(browser, number)
    notices = browser("heli").get("/console/alerts").text
    assert (
        f'<a href="/console/sign/{number}">【审签】{number} 的答复轮到您审核</a>' in notices and LETTER not in notices
    )
    assert number not in browser("wuyun").get("/console/alerts").text
    assert sign(browser("heli"), number, "send_back", reason="日期写具体").status_code == 303
    assert "没有未确认的提醒" in browser("heli").get("/console/alerts").text
    back = browser("zhang").get("/console/alerts").text
    assert "的答复已退回，请看修改意见" in back and "何丽：日期写具体" in back


def test_a_leader_finds_the_signing_page_first(browser: Any) -> None:
    page = browser("batu").get("/console/sign").text
    menu = page[page.index('aria-label="主菜单"') :]
    assert menu.index("/console/sign") < menu.index("/console/queue/")
