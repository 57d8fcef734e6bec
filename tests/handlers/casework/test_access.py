"""Who may see which case: the predicate and the condition agree, and secrecy holds."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import may_see, see, visible_to
from handlers.casework.queues import Filters, cases_in, counts, find_number
from handlers.core import Core
from handlers.errors import NotFound
from handlers.records import Case
from tests.handlers.casework.conftest import Bureau, OpenCase


def _everybody(bureau: Bureau) -> list:
    return [value for name, value in vars(bureau).items() if not name.startswith("_")]


def test_predicate_and_condition_agree_for_everybody_and_every_case(
    session: Session, bureau: Bureau, open_case: OpenCase
) -> None:
    open_case()
    open_case(section_code="finance", cooperating=["welfare", "place_names"])
    open_case(section_code=None, state="triage", cooperating=["place_names_x"])
    open_case(restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, state="triage")
    open_case(restricted=True, restricted_to=None, section_code="welfare")
    open_case(restricted=True, restricted_to=bureau.zhang.officer_id, section_code=None, kind="report")
    for person, case in product(_everybody(bureau), session.scalars(select(Case)).all()):
        shown = session.scalar(select(Case.id).where(Case.id == case.id, visible_to(person)))
        assert (shown is not None) == may_see(person, case), (person, case.number)


def test_an_officer_sees_the_own_section_only(session: Session, bureau: Bureau, open_case: OpenCase) -> None:
    case = open_case()
    assert may_see(bureau.zhang, case) and may_see(bureau.head, case)
    assert not may_see(bureau.relief, case)
    assert may_see(bureau.office, case) and may_see(bureau.leader, case) and may_see(bureau.auditor, case)


def test_an_admin_sees_no_case(bureau: Bureau, open_case: OpenCase) -> None:
    assert not may_see(bureau.admin, open_case())


def test_a_cooperating_section_sees_the_case(bureau: Bureau, open_case: OpenCase) -> None:
    assert may_see(bureau.finance, open_case(cooperating=["finance"]))


def test_a_report_exists_for_nobody_but_its_recipient(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now
) -> None:
    case = open_case(
        restricted=True, restricted_to=bureau.suhe.officer_id, section_code=None, state="triage", kind="report"
    )
    others = [person for person in _everybody(bureau) if person is not bureau.suhe]
    for person in others:
        with pytest.raises(NotFound):
            see(session, person, case.id)
        assert find_number(session, person, case.number) is None
        assert cases_in(session, core, person, "all", Filters(), now).total == 0
        assert sum(counts(session, person, now).values()) == 0
    assert see(session, bureau.suhe, case.id) is case
    assert counts(session, bureau.suhe, now)["restricted"] == 1


def test_absent_and_forbidden_are_told_alike(session: Session, bureau: Bureau, open_case: OpenCase) -> None:
    case = open_case()
    with pytest.raises(NotFound) as forbidden:
        see(session, bureau.relief, case.id)
    with pytest.raises(NotFound) as absent:
        see(session, bureau.relief, 999_999)
    assert str(forbidden.value) == str(absent.value)
