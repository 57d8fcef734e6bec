"""填核对码: staff give a code, the person types it on a case's page; what is wrong says nothing of other cases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.web.app import create_app
from handlers.accounts.roles import Role
from handlers.records import Case, CaseContact, PersonLink
from tests.bot.web.house import sign_in, submit
from tests.bot.web.live import LiveHouse, build_live
from tests.web_client import TestClient


@pytest.fixture
def house(tmp_path: Path) -> LiveHouse:
    house = build_live(tmp_path, rate_lookups_per_minute=30)
    house.officer("li", Role.OFFICER)
    return house


@pytest.fixture
def client(house: LiveHouse) -> Any:
    with TestClient(create_app(house.services)) as client:
        yield client


@pytest.fixture
def numbers(house: LiveHouse) -> list[str]:
    """Two cases of two senders; the first names a telephone."""
    found = [house.write(text, sender=sender) for text, sender in (("高龄津贴", "u1"), ("高龄津贴怎么还没到", "u2"))]
    core = house.services.core
    with core.database.write() as session:
        session.add(
            CaseContact(
                case_id=house.case(found[0]).id, role="writer", name=core.vault.seal("王芳"),
                phone=core.vault.seal("13800000000"), phone_index=core.vault.index("13800000000"),
            )
        )  # fmt: skip
    return found


def _open(house: LiveHouse, client: TestClient, number: str) -> Any:
    with house.services.core.database.read() as session:
        code = house.services.core.vault.open(
            session.scalars(select(Case.query_code).where(Case.number == number)).one()
        )
    return submit(client, "/progress", "/progress", {"number": number, "code": code})


def _pass(page: Any) -> str:
    return re.search(r'name="pass" value="([^"]+)"', page.text)[1]


def _type(client: TestClient, page: Any, code: str) -> Any:
    return submit(client, "/progress", "/progress", {"pass": _pass(page), "do": "same_person", "same_person": code})


def _read_out(client: TestClient, numbers: list[str]) -> str:
    sign_in(client, "li")
    page = f"/console/cases/{numbers[1]}/person"
    answer = submit(client, page, f"{page}/read", {"number": numbers[0]})
    assert answer.status_code == 200 and "只在这里显示一次" in answer.text
    assert "hy_notice" not in answer.headers.get("set-cookie", "")
    return re.search(r"核对码 (\d{3} \d{3}) 读给对方", answer.text)[1]


def test_a_code_read_out_on_the_telephone_is_typed_on_the_case_s_page(
    house: LiveHouse, client: TestClient, numbers: list[str]
) -> None:
    code = _read_out(client, numbers)
    page = _open(house, client, numbers[1])
    asked = submit(client, "/progress", "/progress", {"pass": _pass(page), "do": "ask_same_person"})
    assert asked.status_code == 200 and "<h1>填核对码</h1>" in asked.text
    given = _type(client, asked, code)
    assert given.status_code == 200 and "核对码正确" in given.text and numbers[0] not in given.text
    with house.services.core.database.read() as session:
        assert session.scalars(select(PersonLink)).one().how == "code"
    assert "撤销认定" in client.get(f"/console/cases/{numbers[1]}/person").text


def test_every_code_that_is_not_right_gets_the_same_answer(
    house: LiveHouse, client: TestClient, numbers: list[str]
) -> None:
    def plain(answer: Any) -> str:
        return re.sub(r'name="(pass|csrf)" value="[^"]*"', "", answer.text)

    page = _open(house, client, numbers[1])
    none_waits = _type(client, page, "000 000")
    assert none_waits.status_code == 422 and "核对码不对，或者已经过了一小时" in none_waits.text
    code = _read_out(client, numbers)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06d}"
    one_waits = _type(client, page, wrong)
    on_the_other = _type(client, _open(house, client, numbers[0]), code)
    shown = [plain(answer).replace(wrong, "#").replace(code, "#").replace("000 000", "#")
             for answer in (none_waits, one_waits, on_the_other)]  # fmt: skip
    assert shown[0] == shown[1] == shown[2]
    with house.services.core.database.read() as session:
        assert session.scalars(select(PersonLink)).all() == []


def test_typing_is_bounded_and_what_was_typed_outlives_an_old_page(
    house: LiveHouse, client: TestClient, numbers: list[str]
) -> None:
    page = _open(house, client, numbers[1])
    empty = _type(client, page, "")
    assert empty.status_code == 422 and "请填工作人员告诉您的" in empty.text
    answers = [_type(client, page, "111111").status_code for _ in range(40)]
    assert answers[0] == 422 and answers[-1] == 429
    old = submit(client, "/progress", "/progress", {"pass": "x", "do": "same_person", "same_person": "482913"})
    assert 'name="same_person" value="482913"' in old.text
