"""查看范围 by hand: who may set it, what it takes, and that it holds through every way a case can go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Staff, may_see, visible_to
from handlers.casework.assign import assign
from handlers.casework.consult import consult
from handlers.casework.guard import guard
from handlers.casework.report import dispatch_report, hand_report
from handlers.casework.sensitivity import kinds, level_for, levels
from handlers.core import Core
from handlers.errors import InvalidInput, NotAllowed
from handlers.records import Case
from tests.handlers.casework.conftest import Bureau, OpenCase

Narrow = Callable[..., Case]


@pytest.fixture
def narrow(session: Session, core: Core, now: datetime) -> Narrow:
    def do(person: Staff, case: Case, level: str = "guarded", **more: Any) -> Case:
        return guard(session, core, person, case.id, case.version, level=level, reason="需要保护", now=now, **more)

    return do


def _seen(session: Session, bureau: Bureau, case: Case) -> set[str]:
    """Who sees it, by the predicate and by the query, which must agree."""
    people = {name: one for name, one in vars(bureau).items() if isinstance(one, Staff)}
    listed = {n for n, p in people.items() if session.scalar(select(Case.id).where(Case.id == case.id, visible_to(p)))}
    assert listed == {name for name, person in people.items() if may_see(person, case)}
    return listed


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("", {"zhang", "li", "head", "finance", "office", "suhe", "leader", "auditor"}),
        ("screened", {"zhang", "li", "head", "finance", "office", "suhe", "leader", "auditor"}),
        ("guarded", {"zhang", "head", "office", "suhe", "leader"}),
    ],
)
def test_each_level_is_seen_by_those_of_the_table(
    session: Session, bureau: Bureau, open_case: OpenCase, narrow: Narrow, level: str, seen: set[str]
) -> None:
    case = open_case(officer_id=bureau.zhang.officer_id, cooperating=["finance"])
    narrow(bureau.office, case, level)
    assert _seen(session, bureau, case) == seen


def test_who_is_let_in_by_name_sees_it_and_who_is_barred_does_not(
    session: Session, bureau: Bureau, open_case: OpenCase, narrow: Narrow
) -> None:
    case = open_case()
    people = {
        "admitted": [bureau.li.officer_id, bureau.leader.officer_id],
        "barred_officers": [bureau.leader.officer_id],
    }
    narrow(bureau.office, case, **people)
    assert _seen(session, bureau, case) == {"li", "head", "office", "suhe"}


def test_a_barred_section_loses_the_case_and_never_gets_it_again(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, narrow: Narrow, now: datetime
) -> None:
    case = open_case(officer_id=bureau.zhang.officer_id, state="in_progress", cooperating=["finance"])
    narrow(bureau.office, case, "", barred_sections=["welfare"])
    assert (case.state, case.section_code, case.officer_id, case.sensitivity) == ("triage", None, None, "screened")
    assert _seen(session, bureau, case) == {"finance", "office", "suhe", "leader", "auditor"}
    with pytest.raises(InvalidInput, match="回避"):
        assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now)
    session.refresh(case)


def test_a_barred_section_is_not_asked_to_cooperate(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, narrow: Narrow, now: datetime
) -> None:
    case = open_case(officer_id=bureau.zhang.officer_id, state="in_progress")
    narrow(bureau.office, case, "", barred_sections=["finance"])
    with pytest.raises(InvalidInput, match="回避"):
        consult(session, core, bureau.zhang, case.id, case.version, sections=["finance"], text="请协助", now=now)


def test_nobody_bars_themselves_the_office_or_the_recipient(
    session: Session, bureau: Bureau, open_case: OpenCase, narrow: Narrow
) -> None:
    case, report = open_case(), open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None)
    for person, about, more in (
        (bureau.head, case, {"barred_sections": ["welfare"]}),
        (bureau.leader, case, {"barred_sections": ["general_office"]}),
        (bureau.suhe, report, {"barred_officers": [bureau.suhe.officer_id]}),
    ):
        with pytest.raises(InvalidInput):
            narrow(person, about, **more)
    with pytest.raises(NotAllowed):
        narrow(bureau.zhang, case)


def test_a_report_handed_on_never_reaches_a_recipient_it_is_about(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, narrow: Narrow, now: datetime
) -> None:
    other = bureau.add("other", "另一位", bureau.office.role, "finance", receives_reports=True)
    report = open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, state="triage")
    narrow(bureau.suhe, report, "screened", barred_officers=[other.officer_id])
    with pytest.raises(InvalidInput, match="另一位在岗"):
        hand_report(session, core, bureau.suhe, report.id, report.version, officer_id=other.officer_id, now=now)


def test_a_report_about_a_child_stays_guarded_when_it_is_dispatched(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, narrow: Narrow, now: datetime
) -> None:
    kinds_of = {"sensitive_kinds": ["minor", "report"], "sensitivity": "guarded"}
    case = open_case(
        restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, state="triage", **kinds_of
    )
    narrow(bureau.suhe, case, "screened", barred_officers=[bureau.leader.officer_id])
    fields = {"accused_type": "organisation", "section": "welfare", "accused_section": "finance"}
    dispatch_report(session, core, bureau.suhe, case.id, case.version, **fields, now=now)
    assert case.sensitivity == "guarded" and _seen(session, bureau, case) == {"head", "office", "suhe"}


def test_the_tables_hold_together() -> None:
    assert {kind.level for kind in kinds().values()} <= set(levels())
    assert level_for(["adoption", "report"]) == "guarded" and level_for([]) == ""
