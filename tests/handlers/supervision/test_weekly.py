"""The weekly list: made once each Monday, as it stood then, readable later, each seeing their own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from handlers.casework.states import ENDS
from handlers.escalation.sweep import sweep
from handlers.records import Case, WeeklyList
from handlers.supervision.weekly import list_week, week_of, weeks
from tests.handlers.escalation.bureau import DOORS, Bureau
from tests.handlers.supervision.test_slips import RED, at, opened, person

MONDAY = date(2026, 11, 30)


def seen(bureau: Bureau, login: str, week: date = MONDAY) -> tuple[list[str], list[str]]:
    with bureau.core.database.read() as session:
        found = week_of(session, bureau.core, person(bureau, login), week)
        assert found is not None
        return [f"{one.rule} {one.days_late}" for one in found.cases], [one.number for one in found.slips]


def test_the_list_is_made_on_monday_before_work_and_once(bureau: Bureau) -> None:
    opened(bureau)
    sweep(bureau.core, at(RED), DOORS)
    done = [list_week(bureau.core, at(when)) for when in ("11-30T07:29", "11-30T07:30", "11-30T12:00", "12-06T23:00")]
    assert done == [0, 1, 0, 0]
    assert seen(bureau, "clerk") == (["RX-01 5"], ["民督〔2026〕1号"])


def test_a_scheduler_that_slept_on_monday_makes_it_when_it_wakes(bureau: Bureau) -> None:
    assert list_week(bureau.core, at("12-02T10:00")) == 1
    with bureau.core.database.read() as session:
        assert weeks(session) == [MONDAY]


def test_a_past_week_stays_as_it_was_and_names_nobody_by_itself(bureau: Bureau) -> None:
    case_id = opened(bureau, subject="高龄津贴没有到账")
    sweep(bureau.core, at(RED), DOORS)
    list_week(bureau.core, at("11-30T08:00"))
    with bureau.core.database.write() as session:
        assert "津贴" not in str(session.scalars(select(WeeklyList)).one().rows)
        session.get_one(Case, case_id).state = ENDS[0]
    list_week(bureau.core, at("12-07T08:00"))
    assert seen(bureau, "clerk")[0] == ["RX-01 5"] and seen(bureau, "clerk", date(2026, 12, 7))[0] == []


def test_a_section_sees_its_own_and_nobody_a_report(bureau: Bureau) -> None:
    opened(bureau)
    opened(bureau, section_code="social_relief_office")
    hidden = opened(bureau)
    sweep(bureau.core, at(RED), DOORS)
    list_week(bureau.core, at("11-30T08:00"))
    with bureau.core.database.write() as session:
        session.get_one(Case, hidden).restricted = True
    assert [len(part) for part in seen(bureau, "boss")] == [2, 2]
    assert [len(part) for part in seen(bureau, "head")] == [1, 1]
