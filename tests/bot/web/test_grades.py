"""The two grades of urgent before staff: their words in queue, page and list, and how a grade is set right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.casefile.gather import gather
from handlers.casefile.parts import parts
from handlers.casework.access import staff_of
from handlers.exchange.cases_out import COLUMNS, case_rows
from handlers.learning.examples import local_examples
from handlers.records import Alert, Case, Correction, Label, Officer
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import OTHERS, SECTION, House, build_house, token_of
from tests.web_client import TestClient

LETTER = "低保停了三个月，透析的钱拿不出来，请帮帮我们。"
WORD = '<span class="word">当日过问</span>'


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path, understanding=RulesUnderstanding()).take_on(**SECTION, **OTHERS)


@pytest.fixture
def number(house: House) -> str:
    """A case of the grade today in the section, read as such."""
    number = house.write(LETTER)
    with house.services.core.database.write() as session:
        for row in (case_of(session, number), session.scalars(select(Label)).one()):
            row.urgent, row.grade = True, "today"
        case_of(session, number).section_code, case_of(session, number).state = "welfare", "assigned"
    return number


def case_of(session: Any, number: str) -> Case:
    return session.scalars(select(Case).where(Case.number == number)).one()


def press(client: TestClient, number: str, move: str, **data: str) -> Any:
    page = client.get(f"/console/cases/{number}").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"csrf": token_of(page), "version": version[1], **data}
    return client.post(f"/console/cases/{number}/{move}", data=form, follow_redirects=False)


def told(house: House, number: str) -> tuple[str, int, list[tuple[str, str | None, str | None]]]:
    """The grade, how many calls went out, what was corrected."""
    with house.services.core.database.read() as session:
        alerts = session.scalars(select(Alert).where(Alert.kind == "urgent")).all()
        kept = [(row.label, row.said, row.right) for row in session.scalars(select(Correction).order_by(Correction.id))]
        return case_of(session, number).grade, len(alerts), kept


def test_queue_and_case_page_say_the_grades_own_word(house: House, number: str, enter: Any) -> None:
    li = enter("li")
    queue, page = li.get("/console/queue/section").text, li.get(f"/console/cases/{number}").text
    assert WORD in queue and WORD in page
    assert '<span class="word">紧急</span>' not in queue + page
    assert re.search(r'<option value="today" selected>当日过问</option>', page)


def test_a_grade_set_right_calls_when_it_is_raised_and_only_then(house: House, number: str, enter: Any) -> None:
    li = enter("li")
    assert press(li, number, "correct_labels", urgent="today").status_code == 303
    assert told(house, number) == ("today", 0, [])
    assert press(li, number, "correct_labels", urgent="1").status_code == 303
    assert told(house, number) == ("now", 1, [("grade", "today", "now")])
    assert press(li, number, "correct_labels", urgent="today").status_code == 303
    assert press(li, number, "correct_labels", urgent="0").status_code == 303
    assert told(house, number) == ("", 1, [("grade", "today", "now"), ("grade", "now", "today"), ("urgent", "1", "0")])
    page = li.get(f"/console/cases/{number}").text
    assert "紧急程度改为“当日过问”" in page and "紧急程度改为“不紧急”" in page and WORD not in page


def test_a_correction_of_the_grade_is_named_in_the_case_file(house: House, number: str, enter: Any) -> None:
    press(enter("li"), number, "correct_labels", urgent="1")
    core = house.services.core
    with core.database.read() as session:
        li = staff_of(session.scalars(select(Officer).where(Officer.login == "li")).one())
        file = gather(session, core, li, case_of(session, number), 1, "归档", house.clock())
        said = str(parts(file, core))
    assert "'紧急程度', '当日过问', '紧急'" in said


def test_what_staff_made_of_the_grade_is_learned(house: House, number: str, enter: Any) -> None:
    press(enter("li"), number, "correct_labels", urgent="today")
    with house.services.core.database.read() as session:
        found = local_examples(session)
    [example] = [*found.learned, *found.test]
    assert (example.urgent, example.now, example.today) == ("1", "0", "1")


def test_the_exported_list_holds_the_grades_word(house: House, number: str) -> None:
    core = house.services.core
    place = [heading for heading, *_ in COLUMNS].index("紧急")
    with core.database.read() as session:
        li = staff_of(session.scalars(select(Officer).where(Officer.login == "li")).one())
        ident = case_of(session, number).id
    [row] = case_rows(core, li, [ident])
    assert row[place] == "当日过问"


def test_a_form_without_a_grade_says_what_to_choose(house: House, number: str, enter: Any) -> None:
    answer = press(enter("office"), number, "mark_urgent", urgent="soon")
    assert answer.status_code == 422 and "请选择紧急的程度。" in answer.text
    assert press(enter("office"), number, "mark_urgent", urgent="1").status_code == 303
    assert told(house, number)[:2] == ("now", 1)
