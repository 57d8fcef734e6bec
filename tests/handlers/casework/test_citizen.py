"""The citizen's side: looking up, rating, asking again, taking back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework import citizen as side
from handlers.casework.answer import answer
from handlers.casework.assign import transfer
from handlers.casework.claim import claim
from handlers.casework.close import reopen
from handlers.casework.issue import approve, issue
from handlers.core import Core
from handlers.deadlines.clocks import open_clocks
from handlers.errors import InvalidInput, MoveNotAllowed, NotFound
from handlers.records import Case, Citizen
from tests.handlers.casework.conftest import Bureau, OpenCase

ANSWER = "请到街道窗口办理。"


@pytest.fixture
def answered(session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime) -> Case:
    case = open_case(channel="web")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, ANSWER, now=now)
    return case


@pytest.mark.parametrize("code", ["K7MR-PQXT", "k7mrpqxt", " K7MR PQXT "])
def test_number_and_code_open_the_case_however_they_are_typed(
    session: Session, core: Core, open_case: OpenCase, code: str
) -> None:
    case = open_case()
    assert side.find_by_code(session, core, case.number.replace("-", " "), code) == case.id


def test_a_wrong_code_and_an_absent_number_are_told_alike(session: Session, core: Core, open_case: OpenCase) -> None:
    case = open_case()
    told = set()
    for number, code in ((case.number, "AAAA-AAAA"), ("20260101-9999", "K7MR-PQXT"), (case.number, ""), ("", "")):
        with pytest.raises(NotFound) as fault:
            side.find_by_code(session, core, number, code)
        told.add(str(fault.value))
    assert len(told) == 1


def test_a_sender_sees_the_own_cases_only(session: Session, core: Core, open_case: OpenCase) -> None:
    mine, other = open_case(), open_case()
    assert [line.number for line in side.own_cases(session, core, mine.citizen_id)] == [mine.number]
    assert side.find_own(session, mine.citizen_id, mine.number) == mine.id
    with pytest.raises(NotFound):
        side.find_own(session, mine.citizen_id, other.number)


def test_a_person_joined_across_channels_sees_both(session: Session, core: Core, open_case: OpenCase) -> None:
    mine, also = open_case(), open_case(channel="web")
    session.get_one(Citizen, also.citizen_id).person_id = mine.citizen_id
    session.flush()
    for citizen in (mine.citizen_id, also.citizen_id):
        assert len(side.own_cases(session, core, citizen)) == 2


def test_progress_tells_the_steps_in_plain_words_with_the_latest_date(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    transfer(session, core, bureau.zhang, case.id, case.version, section="finance", reason="涉及资金", now=now)
    claim(session, core, bureau.finance, case.id, case.version, now)
    view = side.progress_view(session, core, case.id, now)
    assert [step.words for step in view.steps] == ["已收到", "已交财务科", "经办人已接手"]
    assert view.section == "财务科" and view.latest.startswith("11月") and view.rule == "RX-01"
    assert "涉及资金" not in str(view)
    assert view.can == {"withdraw", "supplement"}


def test_a_sensitive_case_names_neither_matter_nor_section(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case("邻居打孩子", sensitive=True)
    claim(session, core, bureau.zhang, case.id, case.version, now)
    told = str(side.progress_view(session, core, case.id, now))
    assert "福利科" not in told and "孩子" not in told


def test_the_answer_is_shown_as_issued_and_can_be_rated(
    session: Session, core: Core, answered: Case, now: datetime
) -> None:
    view = side.progress_view(session, core, answered.id, now)
    assert ANSWER in view.answers[0].text and view.can == {"rate", "reopen", "supplement"}
    side.rate(session, core, answered.id, "satisfied", "办好了", now=now)
    assert (answered.rating, answered.rating_words) == ("satisfied", "办好了")
    with pytest.raises(InvalidInput):
        side.rate(session, core, answered.id, "5", now=now)


def test_a_dissatisfied_citizen_has_it_done_again_once(
    session: Session, core: Core, answered: Case, now: datetime
) -> None:
    later = now + timedelta(days=2)
    with pytest.raises(InvalidInput, match="哪里"):
        side.reopen(session, core, answered.id, "  ", now=later)
    side.reopen(session, core, answered.id, "没说清要不要复印件", now=later)
    assert (answered.state, answered.unread, answered.rating) == ("reopened", True, "dissatisfied")
    assert {clock.started_at for clock in open_clocks(session, answered.id)} == {later}
    answered.state, answered.answered_at = "answered", later
    assert "reopen" not in side.may_now(core, answered, later)
    with pytest.raises(MoveNotAllowed, match="已经重办过一次"):
        side.reopen(session, core, answered.id, "还是不行", now=later)


def test_a_reopening_by_staff_does_not_use_up_the_citizens_own(
    session: Session, core: Core, bureau: Bureau, answered: Case, now: datetime
) -> None:
    reopen(session, core, bureau.head, answered.id, answered.version, reason="漏答一问", now=now)
    claim(session, core, bureau.li, answered.id, answered.version, now)
    answer(session, core, bureau.li, answered.id, answered.version, ANSWER, now=now)
    approve(session, core, bureau.head, answered.id, answered.version, now=now)
    issue(session, core, bureau.office, answered.id, answered.version, now=now)
    assert "reopen" in side.may_now(core, answered, now)


def test_after_fifteen_days_it_is_too_late_to_ask_again(
    session: Session, core: Core, answered: Case, now: datetime
) -> None:
    with pytest.raises(MoveNotAllowed, match="时间已过"):
        side.reopen(session, core, answered.id, "不满意", now=now + timedelta(days=15, seconds=1))


def test_a_case_can_be_taken_back_until_it_is_answered(
    session: Session, core: Core, open_case: OpenCase, answered: Case, now: datetime
) -> None:
    case = open_case()
    side.withdraw(session, core, case.id, now=now)
    assert case.state == "withdrawn" and open_clocks(session, case.id) == []
    with pytest.raises(MoveNotAllowed):
        side.withdraw(session, core, answered.id, now=now)
    assert session.scalar(select(Case.state).where(Case.id == answered.id)) == "answered"
