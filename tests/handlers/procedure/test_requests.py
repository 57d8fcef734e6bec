"""依申请公开: correction, other parties' opinions, silence; what counts and what does not."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.history import history
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, MoveNotAllowed
from handlers.procedure.request import inquiries_of
from handlers.procedure.sweep import move_procedures
from handlers.procedure.tracks import confirm_track
from handlers.records import Case, CaseEvent, Clock
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.procedure.conftest import (
    COMPLETE,
    as_it_is,
    at,
    clock_of,
    request,
    running,
    step,
    track_of,
)

ASKED = {"party": "某养老服务有限公司", "proof": "挂号 XA0001"}


@pytest.fixture
def case(session: Session, core: Core, bureau: Bureau, open_case: OpenCase) -> Case:
    """A request that both sides confirmed on Monday 21 September 2026."""
    case = open_case(received_at=at("09-18"), opened_at=at("09-18"))
    request(session, core, bureau.zhang, case, at("09-21"), "2026-09-21")
    return case


def ask(session: Session, core: Core, bureau: Bureau, case: Case, day: str, kind: str = "third_party") -> str:
    now = at(day)
    step(session, core, bureau.head, case, "ask_party", now, party_kind=kind, day=f"2026-{day}", **ASKED)
    return str(inquiries_of(session, case.id)[-1].id)


def arrive(session: Session, core: Core, bureau: Bureau, case: Case, inquiry: str, day: str) -> None:
    values = {"inquiry": inquiry, "day": f"2026-{day}", "proof": "收发室"}
    step(session, core, bureau.zhang, case, "party_received", at(day), **values)


@pytest.mark.parametrize("missing", ["identity_given", "description_given", "form_given"])
def test_what_article_29_requires_must_all_be_there(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, missing: str
) -> None:
    case, now = open_case(received_at=at("09-18"), opened_at=at("09-18")), at("09-21")
    confirm_track(
        session, core, bureau.zhang, case.id, case.version, track="information_request", reason="申请公开", now=now
    )
    before = as_it_is(session, case)
    values = {name: value for name, value in COMPLETE.items() if name != missing}
    with pytest.raises(InvalidInput, match="还缺") as fault:
        step(session, core, bureau.zhang, case, "confirm_request", now, **values, day="2026-09-21")
    assert fault.value.field == missing and as_it_is(session, case) == before


def test_asking_another_party_stops_the_count_from_the_sending_to_the_answer(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    inquiry = ask(session, core, bureau, case, "09-24")
    assert running(session, case) == {"GK-01": "paused"} and case.next_due_at is None
    arrive(session, core, bureau, case, inquiry, "09-25")
    assert running(session, case) == {"GK-01": "paused", "GK-04": "running"}
    assert case.next_due_at is None  # the others' time is none of ours
    values = {"inquiry": inquiry, "answer": "refuses", "day": "2026-10-12"}
    step(session, core, bureau.zhang, case, "party_answer", at("10-12"), **values)
    clock = clock_of(session, case, "GK-01")
    assert clock.pauses == [["2026-09-24", "2026-10-12"]] and clock.legal_due == at("11-06", "00:00")
    assert running(session, case) == {"GK-01": "running"} and clock_of(session, case, "GK-04").state == "met"


def test_the_name_of_the_other_party_stands_in_no_event_and_not_in_the_clear(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    ask(session, core, bureau, case, "09-24")
    events = session.scalars(select(CaseEvent.data).where(CaseEvent.case_id == case.id)).all()
    assert not any("养老服务" in str(data) or "XA0001" in str(data) for data in events)
    row = inquiries_of(session, case.id)[0]
    assert "养老服务" not in row.party and core.vault.open(row.party) == ASKED["party"]


def test_an_answer_recorded_late_ends_the_pause_on_the_day_it_came(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    inquiry = ask(session, core, bureau, case, "09-24")
    arrive(session, core, bureau, case, inquiry, "09-25")
    values = {"inquiry": inquiry, "answer": "agrees", "day": "2026-10-09"}
    step(session, core, bureau.zhang, case, "party_answer", at("10-20"), **values)
    assert clock_of(session, case, "GK-01").pauses == [["2026-09-24", "2026-10-09"]]


def test_what_comes_after_the_partys_last_day_does_not_lengthen_the_pause(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    inquiry = ask(session, core, bureau, case, "09-24")
    arrive(session, core, bureau, case, inquiry, "09-25")
    values = {"inquiry": inquiry, "answer": "agrees", "day": "2026-10-30"}
    step(session, core, bureau.zhang, case, "party_answer", at("10-30"), **values)
    assert clock_of(session, case, "GK-01").pauses == [["2026-09-24", "2026-10-22"]]


@pytest.mark.parametrize(("kind", "rule", "words"), [
    ("third_party", "GK-04", "由本局决定是否公开"),
    ("joint_author", "GK-05", "视为同意公开"),
])  # fmt: skip
def test_silence_is_taken_for_what_the_law_takes_it_for_and_the_count_goes_on_by_itself(
    session: Session, core: Core, bureau: Bureau, case: Case, kind: str, rule: str, words: str
) -> None:
    arrive(session, core, bureau, case, ask(session, core, bureau, case, "09-24", kind), "09-25")
    assert move_procedures(session, core, at("10-22", "23:59")) == 0
    assert move_procedures(session, core, at("10-23", "00:05")) == 1
    assert move_procedures(session, core, at("10-23", "00:10")) == 0
    assert running(session, case) == {"GK-01": "running"} and clock_of(session, case, rule).state == "lapsed"
    assert clock_of(session, case, "GK-01").pauses == [["2026-09-24", "2026-10-22"]]
    told = [s.text for s in history(session, core.profile(), case.id, at("10-23"))]
    assert sum(words in sentence for sentence in told) >= 1


def test_silence_cannot_be_recorded_before_the_partys_time_is_over(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    inquiry = ask(session, core, bureau, case, "09-24")
    with pytest.raises(Conflict, match="还没有登记对方收到"):
        step(session, core, bureau.zhang, case, "party_answer", at("10-22"), inquiry=inquiry, answer="silent")
    arrive(session, core, bureau, case, inquiry, "09-25")
    before = as_it_is(session, case)
    with pytest.raises(Conflict, match="10月22日"):
        step(session, core, bureau.zhang, case, "party_answer", at("10-22"), inquiry=inquiry, answer="silent")
    assert as_it_is(session, case) == before
    step(session, core, bureau.zhang, case, "party_answer", at("10-26"), inquiry=inquiry, answer="silent")
    assert clock_of(session, case, "GK-01").pauses == [["2026-09-24", "2026-10-22"]]


def test_with_two_parties_the_count_rests_until_the_last_has_answered(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    first, second = ask(session, core, bureau, case, "09-24"), ask(session, core, bureau, case, "09-28", "joint_author")
    for inquiry in (first, second):
        arrive(session, core, bureau, case, inquiry, "09-29")
    for inquiry, day in ((second, "10-09"), (first, "10-12")):
        assert running(session, case)["GK-01"] == "paused"
        values = {"inquiry": inquiry, "answer": "agrees", "day": f"2026-{day}"}
        step(session, core, bureau.zhang, case, "party_answer", at(day), **values)
    assert clock_of(session, case, "GK-01").pauses == [["2026-09-24", "2026-10-12"]]
    with pytest.raises(InvalidInput, match="还在等意见"):
        step(
            session,
            core,
            bureau.zhang,
            case,
            "party_answer",
            at("10-12"),
            inquiry=first,
            answer="agrees",
            day="2026-10-12",
        )


def test_a_correction_starts_the_answers_limit_anew_from_its_arrival(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    step(session, core, bureau.head, case, "ask_correction", at("09-25"), reason="请写明文件的年份和名称")
    assert running(session, case) == {"GK-03": "running"}
    assert clock_of(session, case, "GK-03").started_at == at("09-21", "08:30")
    step(session, core, bureau.zhang, case, "correction_arrived", at("10-12"), day="2026-10-12", proof="邮寄")
    assert running(session, case) == {"GK-01": "running"}
    assert clock_of(session, case, "GK-01").legal_due == at("11-10", "00:00")
    with pytest.raises(Conflict, match="一次"):
        step(session, core, bureau.head, case, "ask_correction", at("10-13"), reason="再补")


def test_a_correction_is_asked_for_within_seven_working_days_or_not_at_all(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    before = as_it_is(session, case)
    with pytest.raises(Conflict, match="GK-03"):
        step(session, core, bureau.head, case, "ask_correction", at("10-12"), reason="请写明文件名称")
    assert as_it_is(session, case) == before


def test_who_never_corrects_has_given_the_request_up(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    step(session, core, bureau.head, case, "ask_correction", at("09-25"), reason="请写明文件的年份和名称")
    step(session, core, bureau.head, case, "abandon_request", at("10-30"), reason="10月12日期满，两次电话都说不补了")
    assert running(session, case) == {} and track_of(session, case, "information_request").state == "ended"
    with pytest.raises(MoveNotAllowed):
        step(session, core, bureau.zhang, case, "correction_arrived", at("10-31"), day="2026-10-31", proof="邮寄")


def test_days_that_cannot_be_are_refused_and_nothing_changes(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    inquiry = ask(session, core, bureau, case, "09-24")
    before = as_it_is(session, case)
    for code, values, field in (
        ("party_received", {"inquiry": inquiry, "day": "2026-09-23", "proof": "签收"}, "day"),
        ("party_received", {"inquiry": inquiry, "day": "2026-12-01", "proof": "签收"}, "day"),
        ("party_received", {"inquiry": inquiry, "day": "2026-09-31", "proof": "签收"}, "day"),
        ("party_received", {"inquiry": "0", "day": "2026-09-25", "proof": "签收"}, "inquiry"),
        ("party_answer", {"inquiry": inquiry, "answer": "agrees", "day": "2026-09-20"}, "day"),
        ("party_answer", {"inquiry": inquiry, "answer": "agrees", "day": ""}, "day"),
        ("ask_party", {"party_kind": "third_party", "day": "2026-09-19", **ASKED}, "day"),
    ):
        with pytest.raises(InvalidInput) as fault:
            step(session, core, bureau.head, case, code, at("09-28"), **values)
        assert fault.value.field == field, code
    assert as_it_is(session, case) == before


def test_the_partys_limit_never_takes_an_outer_platforms_date(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(received_at=at("09-18"), opened_at=at("09-18"), outer_due_at=at("09-30", "00:00"))
    request(session, core, bureau.zhang, case, at("09-21"), "2026-09-21")
    assert clock_of(session, case, "GK-01").outer_due == at("09-30", "00:00")
    arrive(session, core, bureau, case, ask(session, core, bureau, case, "09-24"), "09-25")
    outer = session.scalars(select(Clock.outer_due).where(Clock.case_id == case.id, Clock.rule == "GK-04")).one()
    assert outer is None
