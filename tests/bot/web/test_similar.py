"""Similar letters on the console's pages: a count in the queue, a card on the case, all of them side by side."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.neighbours.compare import find_similar
from handlers.records import Case, CaseEvent
from tests.bot.web.house import OTHERS, House, build_house
from tests.handlers.intake.citizens import clear
from tests.handlers.neighbours.letters import CANTEEN, SMOKE
from tests.web_client import TestClient

Enter = Callable[[str], TestClient]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path, understanding=clear("funeral", "complaint")).take_on(
        **OTHERS, li=(Role.OFFICER, "social_affairs")
    )


@pytest.fixture
def numbers(house: House) -> list[str]:
    """Three people about one shop, a fourth about a canteen; all compared."""
    given = [house.write(text, f"o-{i}") for i, text in enumerate((*SMOKE[:3], CANTEEN))]
    find_similar(house.services.core, house.clock())
    return given


def hide(house: House, number: str, **columns: object) -> None:
    with house.services.core.database.write() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        for name, value in columns.items():
            setattr(case, name, value)


def reads(house: House, number: str) -> int:
    with house.services.core.database.read() as session:
        wanted = select(CaseEvent).join(Case, Case.id == CaseEvent.case_id)
        return len(session.scalars(wanted.where(Case.number == number, CaseEvent.action == "read")).all())


def test_the_queue_says_how_many_are_similar_and_leads_there(enter: Enter, numbers: list[str]) -> None:
    page = enter("office").get("/console/queue/open").text
    assert page.count("另有 2 件相似") == 3
    assert f'href="/console/cases/{numbers[0]}/similar"' in page
    assert f'href="/console/cases/{numbers[3]}/similar"' not in page


def test_the_case_page_shows_similar_ones_and_a_lonely_case_has_no_such_card(enter: Enter, numbers: list[str]) -> None:
    client = enter("office")
    page = client.get(f"/console/cases/{numbers[0]}").text
    assert "另有 2 件相似" in page
    assert all(f'href="/console/cases/{number}"' in page for number in numbers[1:3])
    assert "件相似" not in client.get(f"/console/cases/{numbers[3]}").text


def test_similar_letters_stand_side_by_side_with_shared_words_marked(enter: Enter, numbers: list[str]) -> None:
    page = unescape(enter("office").get(f"/console/cases/{numbers[0]}/similar").text)
    assert SMOKE[0] in page
    assert "<mark>青松陵园对面" in page
    assert CANTEEN not in page
    assert "各自办理" in page


def test_reading_them_side_by_side_is_recorded_on_each(house: House, enter: Enter, numbers: list[str]) -> None:
    enter("office").get(f"/console/cases/{numbers[0]}/similar")
    assert [reads(house, number) for number in numbers] == [1, 1, 1, 0]


@pytest.mark.parametrize("hidden", [{"sensitive": True}, {"kind": "report"}, {"restricted": True, "sensitive": True}])
def test_a_hidden_case_is_in_none_of_the_places(
    house: House, enter: Enter, numbers: list[str], hidden: dict[str, object]
) -> None:
    hide(house, numbers[1], **hidden)
    client = enter("office")
    assert client.get("/console/queue/open").text.count("另有 1 件相似") == 2
    assert numbers[1] not in client.get(f"/console/cases/{numbers[0]}/similar").text
    assert "另有 1 件相似" in client.get(f"/console/cases/{numbers[0]}").text
    answer = client.get(f"/console/cases/{numbers[1]}/similar")
    assert answer.status_code == (404 if "restricted" in hidden else 200)
    assert numbers[0] not in answer.text


def test_an_officer_of_another_section_finds_nothing(enter: Enter, numbers: list[str]) -> None:
    assert enter("other").get(f"/console/cases/{numbers[0]}/similar").status_code == 404


def test_a_case_without_similar_ones_says_so(enter: Enter, numbers: list[str]) -> None:
    page = enter("office").get(f"/console/cases/{numbers[3]}/similar").text
    assert "没有相似的来信" in page
    assert "建群体件" not in page  # nothing stands beside it that would make a group
