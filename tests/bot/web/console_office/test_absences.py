"""外出代班: noted by oneself or the office; whoever stands in sees and does the work for these days, reports never."""

from __future__ import annotations

import pytest

from handlers.casework.access import staff_of
from handlers.casework.answer import answer
from handlers.deadlines.worktime import local_day
from handlers.records import Case, Officer
from tests.bot.web.house import submit

PAGE = "/console/absences"


@pytest.fixture
def days(house) -> dict[str, str]:
    today = local_day(house.clock())
    return {"first": today.isoformat(), "last": today.replace(day=today.day + 2).isoformat()}


@pytest.fixture
def ids(house) -> dict[str, str]:
    return {login: str(officer_id) for login, officer_id in house.officers.items()}


def _note(client, **given: str):
    return submit(client, PAGE, PAGE, given)


def test_an_officer_notes_the_own_absence_only(enter, days, ids) -> None:
    client = enter("zhangmin")
    assert _note(client, **days, stand_in=ids["baiyun"], officer=ids["heli"], why="培训").status_code == 303
    text = client.get(PAGE).text
    assert "张敏" in text and "白云" in text and "培训" in text
    assert enter("heli").get(PAGE).text.count("培训") == 0
    assert "培训" in enter("wuyun").get(PAGE).text and "外出中" in enter("keeper").get(PAGE).text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"stand_in": "0"}, "由谁代班"),
        ({"stand_in": "zhangmin"}, "不能是本人"),
        ({"stand_in": "keeper"}, "由谁代班"),
        ({"last": "2026-11-01", "first": "2026-11-01"}, "过去了"),
        ({"first": "2026-12-09", "last": "2026-12-01"}, "早于"),
        ({"last": ""}, "日期"),
        ({"last": "2027-12-31"}, "最多一年"),
    ],
)
def test_what_does_not_go_together_is_said(enter, days, ids, given: dict[str, str], words: str) -> None:
    given = {name: ids.get(value, value) for name, value in given.items()}
    answer = _note(enter("zhangmin"), **({"stand_in": ids["heli"]} | days | given))
    assert answer.status_code == 422 and words in answer.text


def test_nobody_stands_in_while_away_and_nobody_goes_while_standing_in(enter, days, ids) -> None:
    office = enter("wuyun")
    assert _note(office, **days, officer=ids["zhangmin"], stand_in=ids["heli"]).status_code == 303
    assert "代张敏的班" in _note(office, **days, officer=ids["heli"], stand_in=ids["baiyun"]).text
    assert "也外出" in _note(office, **days, officer=ids["baiyun"], stand_in=ids["zhangmin"]).text
    assert "已经登记过" in _note(office, **days, officer=ids["zhangmin"], stand_in=ids["baiyun"]).text


def test_whoever_stands_in_for_a_head_reviews_and_sees_the_section_until_it_ends(
    enter, house, days, ids, write_in
) -> None:
    case = write_in(section_code="welfare", state="in_progress", kind="complaint")
    with house.services.core.database.write() as session:
        drafter, row = staff_of(session.get_one(Officer, house.officers["zhangmin"])), session.get_one(Case, case.id)
        row.officer_id = drafter.officer_id
        answer(session, house.services.core, drafter, row.id, row.version, "已去电说明。", now=house.clock())
    stand_in = enter("baiyun")
    path = f"/console/cases/{case.number}"
    assert stand_in.get(path).status_code == 404 and case.number not in stand_in.get("/console/sign").text
    _note(enter("heli"), **days, stand_in=ids["baiyun"])
    assert "退回修改" in stand_in.get(path).text and case.number in stand_in.get("/console/queue/review").text
    assert case.number in stand_in.get("/console/sign").text
    assert stand_in.get("/console/board").status_code == 200
    head = enter("heli")
    end = head.get(PAGE).text.split(f'action="{PAGE}/')[1].split("/")[0]
    assert submit(enter("zhangmin"), PAGE, f"{PAGE}/{end}/end", {}).status_code == 403
    assert submit(head, PAGE, f"{PAGE}/{end}/end", {}).status_code == 303
    assert stand_in.get(path).status_code == 404


def test_the_claimed_cases_of_whoever_is_away_are_in_the_stand_ins_own_queue(enter, house, days, ids, write_in) -> None:
    case = write_in(section_code="welfare", state="in_progress", officer_id=house.officers["zhangmin"],
                    claim_until=house.clock().replace(year=2027))  # fmt: skip
    _note(enter("zhangmin"), **days, stand_in=ids["baiyun"])
    stand_in = enter("baiyun")
    assert case.number in stand_in.get("/console/queue/mine").text
    assert "给群众的答复" in stand_in.get(f"/console/cases/{case.number}").text


def test_a_report_passes_to_no_stand_in(enter, house, days, ids, write_in) -> None:
    case = write_in(restricted=True, restricted_to=house.officers["suhe"], state="triage")
    _note(enter("suhe"), **days, stand_in=ids["baiyun"])
    assert enter("baiyun").get(f"/console/cases/{case.number}").status_code == 404
