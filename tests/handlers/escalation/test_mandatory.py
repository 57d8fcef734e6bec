"""强制报告: a child in danger opens a task that is due at once, calls person after person, and stays until settled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Staff, may_see
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.escalation.mandatory import (
    Told,
    ask_for_report,
    dismiss_report,
    open_of,
    open_report,
    record_report,
    reports_of,
    waiting_for,
)
from handlers.records import Alert, Case, CaseEvent, MandatoryReport
from handlers.understanding.labels import Labels
from handlers.understanding.situations import is_minor_harmed, sensitive_kinds
from tests.handlers.casework.conftest import Bureau, OpenCase, bureau, open_case, session

__all__ = ["bureau", "open_case", "session"]
NO_LABELS = Labels(model="none")


@pytest.mark.parametrize(
    "text",
    [
        "邻居家的小孩天天挨打，身上都是伤",
        "我们楼上有个女孩被继父猥亵，请救救她",
        "孩子被他爸爸用皮带打，晚上一直哭",
        "学校里有学生被欺凌，老师不管",
        "有个七岁的女儿被关在家里不给饭吃",
    ],
)
def test_words_of_harm_to_a_child_are_heard(text: str) -> None:
    assert is_minor_harmed(text) and "minor" in sensitive_kinds(text, NO_LABELS)


@pytest.mark.parametrize(
    "text",
    [
        "孩子上小学，请问孤儿基本生活费怎么申请",
        "请问社区有没有预防家暴的儿童讲座",
        "我儿子四十岁了还打我",
        "给孩子打疫苗到哪里",
        "高龄津贴没有到账",
    ],
)
def test_a_child_named_in_passing_calls_nobody(text: str) -> None:
    assert not is_minor_harmed(text)


def _told(now: datetime, **more: Any) -> Told:
    given = {"way": "110", "police_unit": "赛罕区公安分局", "receipt_number": "JJ-20261123-88", "gist": "七岁男童"}
    return Told(**{**given, "at": now, **more})


def test_the_task_narrows_the_view_and_is_told_to_people(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    assert may_see(bureau.zhang, case)
    assert open_report(session, core, case, "身上有伤", now) and not open_report(session, core, case, "又一次", now)
    assert (case.sensitivity, case.sensitive, case.sensitive_kinds) == ("guarded", True, ["minor"])
    assert not may_see(bureau.zhang, case) and may_see(bureau.head, case) and may_see(bureau.office, case)
    assert [alert.kind for alert in session.scalars(select(Alert))] == ["mandatory"]
    [waiting] = waiting_for(session, bureau.office, now + timedelta(minutes=25))
    assert (waiting.number, waiting.minutes) == (case.number, 25)
    assert waiting_for(session, bureau.finance, now) == []


def test_who_reported_when_to_which_police_is_kept_and_ends_the_calls(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    open_report(session, core, case, "身上有伤", now)
    later = now + timedelta(minutes=20)
    record_report(session, core, bureau.head, case.id, _told(later), now=later)
    [task] = reports_of(session, case.id)
    assert (task.state, task.reported_at, task.settled_by) == ("reported", later, bureau.head.officer_id)
    assert (task.police_unit, task.receipt_number) == ("赛罕区公安分局", "JJ-20261123-88")
    assert "七岁" not in task.told and core.vault.open(task.told) == "七岁男童"
    assert session.scalars(select(Alert)).one().state == "acknowledged"
    assert open_of(session, case.id) is None and waiting_for(session, bureau.office, later) == []
    event = session.scalars(select(CaseEvent).where(CaseEvent.action == "report_settled")).one()
    assert event.data["number"] == "JJ-20261123-88"
    with pytest.raises(Conflict):
        record_report(session, core, bureau.head, case.id, _told(later), now=later)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"receipt_number": " "}, "receipt_number"), ({"police_unit": ""}, "police_unit"), ({"way": "fax"}, "way")],
)
def test_a_report_without_unit_or_receipt_is_none(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime, fields: dict[str, str], field: str
) -> None:
    case = open_case()
    open_report(session, core, case, "身上有伤", now)
    with pytest.raises(InvalidInput) as fault:
        record_report(session, core, bureau.head, case.id, _told(now, **fields), now=now)
    assert fault.value.field == field
    with pytest.raises(InvalidInput):
        record_report(session, core, bureau.head, case.id, _told(now + timedelta(hours=1)), now=now)


def test_a_person_may_find_no_suspicion_but_says_why(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    ask_for_report(session, core, bureau.zhang, case.id, why="孩子三天没上学", now=now)
    with pytest.raises(InvalidInput):
        dismiss_report(session, core, bureau.head, case.id, why="没事", now=now)
    dismiss_report(session, core, bureau.head, case.id, why="已与学校和社区核实，孩子随父母回老家了", now=now)
    assert session.scalars(select(MandatoryReport)).one().state == "dismissed"


def test_nobody_else_can_settle_it(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case: Case = open_case()
    open_report(session, core, case, "身上有伤", now)
    for stranger in (bureau.finance, bureau.zhang, bureau.auditor):
        assert isinstance(stranger, Staff)
        with pytest.raises(NotFound):
            dismiss_report(session, core, stranger, case.id, why="已核实，没有这回事，都好", now=now)
