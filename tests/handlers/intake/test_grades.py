"""The two grades of urgent on their way in: now calls at once, today calls nobody, and nothing is ever lowered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.casework.grading import grade_of, raise_grade
from handlers.core import Core
from handlers.messages import Particulars
from handlers.records import Alert, Case, Label
from handlers.understanding.labels import Labels
from tests.handlers.intake.citizens import Reader, Town
from tests.handlers.intake.test_receive import count, only_case

GRAVE = {"kind": "help", "topic": "social_assistance", "needs_person": False, "urgent": True, "grade": "today"}


def test_today_is_kept_and_calls_nobody(core: Core, now: datetime) -> None:
    receipt = Town(core, now, Reader(**GRAVE)).write("低保停了三个月，透析的钱拿不出来")
    case = only_case(core)
    assert (case.urgent, case.grade, case.calls, count(core, Alert)) == (True, "today", False, 0)
    assert "值班" not in receipt.text and case.number in receipt.text
    with core.database.read() as session:
        assert session.scalars(select(Label.grade)).all() == ["today"]
        assert session.scalars(select(Case.id).where(Case.calls)).all() == []


def test_despair_calls_whatever_grade_was_read(core: Core, now: datetime) -> None:
    Town(core, now, Reader(**GRAVE)).write("药我攒够了，不想活了")
    assert (only_case(core).grade, count(core, Alert)) == ("now", 1)


def test_a_follow_up_raises_and_never_lowers(core: Core, now: datetime) -> None:
    first = Town(core, now, Reader(**GRAVE)).write("低保停了三个月")
    joins = Particulars(joins=first.number)
    later = Reader(**GRAVE | {"grade": "now"})
    Town(core, now + timedelta(hours=1), later).write("今晚没有地方住", particulars=joins)
    assert (only_case(core).grade, count(core, Alert)) == ("now", 1)
    Town(core, now + timedelta(hours=2), Reader(**GRAVE)).write("还是没有人管", particulars=joins)
    assert (only_case(core).grade, count(core, Alert)) == ("now", 1)


def test_urgent_without_a_grade_is_now(core: Core, now: datetime) -> None:
    Town(core, now, Reader(**GRAVE | {"grade": None})).write("孩子在桥下冻着")
    assert (only_case(core).grade, count(core, Alert)) == ("now", 1)
    assert Labels(urgent=True).calls and not Labels(urgent=False).calls


@pytest.mark.parametrize(
    ("before", "given", "after"),
    [("", "today", "today"), ("today", "now", "now"), ("now", "today", "now"), ("now", "", "now"), ("", "", "")],
)
def test_the_higher_grade_holds(before: str, given: str, after: str) -> None:
    case = Case(urgent=bool(before), grade=before)
    raise_grade(case, given)
    assert grade_of(case) == after
