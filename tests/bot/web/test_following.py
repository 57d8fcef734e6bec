"""A daughter follows her mother's case with consent: a code of her own, reading only, ended at any time."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.web.app import create_app
from handlers.accounts.roles import Role
from handlers.records import Case, CaseEvent, CaseFollower
from tests.bot.web.house import House, sign_in, submit
from tests.bot.web.live import LiveHouse, build_live
from tests.web_client import TestClient

DAUGHTER = {"name": "乌兰", "relation": "女儿", "phone": "13800000000", "consent": "said", "consent_note": "电话里说的"}


@pytest.fixture
def house(tmp_path: Path) -> LiveHouse:
    house = build_live(tmp_path)
    house.officer("li", Role.OFFICER)
    house.officer("finance", Role.OFFICER, "finance")
    return house


@pytest.fixture
def number(house: LiveHouse) -> str:
    return house.write("我妈的高龄津贴怎么申请？")


@pytest.fixture
def client(house: LiveHouse) -> Any:
    with TestClient(create_app(house.services)) as client:
        yield client


def _add(client: TestClient, number: str, **changes: str) -> Any:
    sign_in(client, "li")
    page = f"/console/cases/{number}/followers"
    return submit(client, page, f"{page}/add", DAUGHTER | changes)


def _code(house: House, column: Any) -> str:
    with house.services.core.database.read() as session:
        return house.services.core.vault.open(session.scalars(select(column)).one())


def _look(client: TestClient, number: str, code: str, **more: str) -> Any:
    return submit(client, "/progress", "/progress", {"number": number, "code": code, **more})


def test_her_own_code_shows_progress_and_answer_and_nothing_to_press(
    house: LiveHouse, client: TestClient, number: str
) -> None:
    assert _add(client, number).status_code == 303
    code = _code(house, CaseFollower.query_code)
    assert code != _code(house, Case.query_code)
    house.answer(number, "请带身份证到社区办理。", house.clock())
    page = _look(client, number, code)
    assert page.status_code == 200 and "请带身份证到社区办理。" in page.text
    assert "13800000000" not in page.text and "撤回这件" not in page.text
    assert re.findall(r'name="do" value="(\w+)"', page.text) == ["stop_following"]


def test_her_pass_withdraws_rates_and_reopens_nothing(house: LiveHouse, client: TestClient, number: str) -> None:
    _add(client, number)
    page = _look(client, number, _code(house, CaseFollower.query_code))
    given = re.search(r'name="pass" value="([^"]+)"', page.text)
    assert given
    for do in ("withdraw", "rate", "reopen", "supplement"):
        submit(client, "/progress", "/progress", {"pass": given[1], "do": do, "words": "x", "rating": "satisfied"})
    assert house.case(number).state == "assigned" and house.case(number).rating == ""


def test_a_consent_to_notices_is_entered_and_the_daughter_is_told_how_to_ask_for_them(
    house: LiveHouse, number: str
) -> None:
    policy = replace(house.services.core.policy, push_channels=frozenset({"wechat"}))
    house.services = replace(house.services, core=replace(house.services.core, policy=policy))
    with TestClient(create_app(house.services)) as client:
        _add(client, number)
        assert "可主动告知进展" not in client.get(f"/console/cases/{number}").text
        page = f"/console/cases/{number}/followers"
        submit(client, page, f"{page}/add", DAUGHTER | {"name": "其其格", "notices": "1"})
        assert "可主动告知进展，等其在聊天里发" in client.get(f"/console/cases/{number}").text
        with house.services.core.database.read() as session:
            rows = session.scalars(select(CaseFollower).order_by(CaseFollower.id)).all()
            codes = [house.services.core.vault.open(row.query_code) for row in rows]
        shown = [_look(client, number, code).text for code in codes]
    assert [row.notices for row in rows] == [False, True]
    assert [f"关注 {number} 您的查询码" in page for page in shown] == [False, True]


def test_without_the_persons_consent_nobody_follows(house: LiveHouse, client: TestClient, number: str) -> None:
    answer = _add(client, number, consent="")
    assert answer.status_code == 422 and "没有本人同意" in answer.text


def test_the_mother_ends_it_on_her_page(house: LiveHouse, client: TestClient, number: str) -> None:
    _add(client, number)
    page = _look(client, number, _code(house, Case.query_code))
    given = re.search(r'name="pass" value="([^"]+)"', page.text)
    assert given and "乌兰" in page.text
    submit(client, "/progress", "/progress", {"pass": given[1], "do": "unfollow", "follower": "1"})
    assert _look(client, number, _code(house, CaseFollower.query_code)).status_code == 422
    with house.services.core.database.read() as session:
        done = session.scalars(select(CaseEvent.action).order_by(CaseEvent.id)).all()
        assert "add_follower" in done and done[-1] == "drop_follower"


def test_the_daughter_ends_it_and_her_open_page_is_dead(house: LiveHouse, client: TestClient, number: str) -> None:
    _add(client, number)
    code = _code(house, CaseFollower.query_code)
    given = re.search(r'name="pass" value="([^"]+)"', _look(client, number, code).text)
    assert given
    submit(client, "/progress", "/progress", {"pass": given[1], "do": "stop_following"})
    assert submit(client, "/progress", "/progress", {"pass": given[1]}).status_code == 404
    assert _look(client, number, code).status_code == 422


def test_staff_end_it_and_strangers_add_nobody(house: LiveHouse, client: TestClient, number: str) -> None:
    _add(client, number)
    ended = submit(client, f"/console/cases/{number}/followers", f"/console/cases/{number}/followers/1/drop", {})
    assert ended.status_code == 303
    assert _look(client, number, _code(house, CaseFollower.query_code)).status_code == 422
    client.cookies.clear()
    sign_in(client, "finance")
    assert client.get(f"/console/cases/{number}/followers").status_code == 404
