"""信访: accepted, led elsewhere, refused, objected to, reviewed; its written acts meet its limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from handlers.casework.access import Staff
from handlers.casework.close import close
from handlers.casework.history import history
from handlers.casework.written import serve_notice, written_rules
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, MoveNotAllowed
from handlers.records import Case
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.procedure.conftest import (
    ACCEPTING,
    as_it_is,
    at,
    clock_of,
    petition,
    running,
    step,
    track_of,
)


@pytest.fixture
def case(session: Session, core: Core, bureau: Bureau, open_case: OpenCase) -> Case:
    """A complaint of 2 November that turned out to be a petition the day after."""
    case = open_case(kind="complaint", received_at=at("11-02"), opened_at=at("11-02"))
    petition(session, core, bureau.head, case, at("11-03"))
    return case


@pytest.fixture
def passed_on(session: Session, core: Core, bureau: Bureau, open_case: OpenCase) -> Case:
    """A petition that the petition office passed on, on Monday 2 November."""
    case = open_case(kind="complaint", received_at=at("11-02"), opened_at=at("11-02"))
    petition(session, core, bureau.head, case, at("11-02"), form="transferred")
    return case


def test_accepting_starts_the_opinions_sixty_days_and_the_notice_stays_owed(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    step(session, core, bureau.head, case, "accept_petition", at("11-05"), **ACCEPTING, day="2026-11-04")
    assert running(session, case) == {"XF-01": "running", "XF-05": "running"}
    assert clock_of(session, case, "XF-05").legal_due == at("2027-01-05", "00:00")  # 3 January is a rest day
    assert track_of(session, case, "petition").stage == "accepted"
    assert set(written_rules(session, case)) == {"XF-01", "XF-05"}


def test_what_asks_for_no_relief_has_no_sixty_days(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    step(session, core, bureau.head, case, "accept_petition", at("11-05"), purpose="suggestion", day="2026-11-05")
    assert running(session, case) == {"XF-01": "running"}


def test_other_lawful_routes_come_before_an_opinion(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    before = as_it_is(session, case)
    with pytest.raises(InvalidInput, match="导入其他法定途径") as fault:
        step(session, core, bureau.head, case, "accept_petition", at("11-05"), purpose="appeal", day="2026-11-05")
    assert fault.value.field == "no_other_route" and as_it_is(session, case) == before
    step(
        session, core, bureau.head, case, "redirect_petition", at("11-05"), route="reconsideration", day="2026-11-05",
        reason="请向本级人民政府申请行政复议",
    )  # fmt: skip
    assert running(session, case) == {"XF-01": "running"} and track_of(session, case, "petition").stage == "redirected"
    with pytest.raises(MoveNotAllowed, match="已导入其他法定途径"):
        step(session, core, bureau.head, case, "accept_petition", at("11-06"), **ACCEPTING, day="2026-11-06")


def test_refusing_names_the_article_of_its_ground(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    taken = step(
        session, core, bureau.head, case, "refuse_petition", at("11-05"), ground="not_ours", day="2026-11-05",
        reason="收费由市场监管部门管，请向其提出",
    )  # fmt: skip
    assert taken.data["basis"] == "《信访工作条例》第二十三条"
    told = " ".join(s.text for s in history(session, core.profile(), case.id, at("11-05")))
    assert "决定信访不予受理（不属于本机关、本系统职权范围" in told and "请向其提出" in told
    assert "XF-01" in running(session, case)  # the refusal is told in writing, too


def test_nobody_is_told_who_left_no_address(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    step(session, core, bureau.head, case, "waive_notice", at("11-05"), reason="没有留姓名和住址，电话无人接听")
    assert running(session, case) == {}


def test_what_was_passed_on_to_the_wrong_organ_goes_back_with_the_senders_consent(
    session: Session, core: Core, bureau: Bureau, passed_on: Case
) -> None:
    reason = "收费标准由市场监管部门核定和检查，依据价格法第三十三条，不属于本局职权"
    taken = step(
        session, core, bureau.head, passed_on, "object_transfer", at("11-05"), sender="某市信访局", reason=reason
    )
    assert "某市信访局" not in str(taken.data)
    assert running(session, passed_on) == {"XF-02": "running", "XF-03": "running"}
    serve_notice(
        session, core, bureau.head, passed_on.id, passed_on.version, rule="XF-03", proof="机要交换", now=at("11-06")
    )
    step(
        session, core, bureau.head, passed_on, "objection_answer", at("11-12"), objection="agreed", day="2026-11-12",
        proof="复函 3 号",
    )  # fmt: skip
    assert running(session, passed_on) == {}
    row = track_of(session, passed_on, "petition")
    assert (row.stage, row.state) == ("returned", "ended") and passed_on.track == "petition"


def test_a_refused_objection_makes_it_ours(session: Session, core: Core, bureau: Bureau, passed_on: Case) -> None:
    step(
        session, core, bureau.head, passed_on, "object_transfer", at("11-05"), sender="某市信访局",
        reason="不属于本局职权，应由市场监管部门依法检查处理",
    )  # fmt: skip
    step(
        session, core, bureau.head, passed_on, "objection_answer", at("11-10"), objection="refused", day="2026-11-10",
        proof="电话",
    )  # fmt: skip
    step(session, core, bureau.head, passed_on, "accept_petition", at("11-11"), **ACCEPTING, day="2026-11-11")
    assert set(running(session, passed_on)) == {"XF-02", "XF-05"}  # nothing is to be objected to any more


def test_an_objection_that_comes_too_late_or_says_nothing_is_refused(
    session: Session, core: Core, bureau: Bureau, passed_on: Case
) -> None:
    before = as_it_is(session, passed_on)
    with pytest.raises(InvalidInput, match="详细说明"):
        step(session, core, bureau.head, passed_on, "object_transfer", at("11-05"), sender="信访局", reason="不归我们")
    with pytest.raises(Conflict, match="XF-03"):
        step(
            session, core, bureau.head, passed_on, "object_transfer", at("11-10"), sender="信访局",
            reason="不属于本局职权，应由市场监管部门依法检查处理",
        )  # fmt: skip
    assert as_it_is(session, passed_on) == before


def test_only_a_petition_passed_on_can_be_objected_to(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    with pytest.raises(MoveNotAllowed):
        step(session, core, bureau.head, case, "object_transfer", at("11-05"), sender="信访局", reason="很详细" * 9)


def test_days_of_a_hearing_do_not_count_for_a_recheck(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    asked = {"opinion_day": "2026-10-20", "day": "2026-11-04", "reason": "不服复查意见"}
    step(session, core, bureau.head, case, "take_recheck", at("11-04"), **asked)
    assert clock_of(session, case, "XF-09").legal_due == at("12-05", "00:00")
    step(session, core, bureau.head, case, "hold_hearing", at("11-16"), day="2026-11-16", reason="公开听证")
    assert running(session, case)["XF-09"] == "paused"
    step(session, core, bureau.head, case, "end_hearing", at("11-20"), day="2026-11-18")
    assert clock_of(session, case, "XF-09").pauses == [["2026-11-16", "2026-11-18"]]
    assert clock_of(session, case, "XF-09").legal_due == at("12-08", "00:00")


def test_a_review_asked_for_too_late_is_pointed_out(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    asked = {"opinion_day": "2026-09-20", "day": "2026-11-04", "reason": "不服处理意见"}
    taken = step(session, core, bureau.head, case, "take_review", at("11-04"), **asked)
    assert "最后一日是 10月20日" in taken.note and taken.data["late"]
    assert "XF-08" in running(session, case)


def test_a_grave_matter_is_reported_within_the_hour(session: Session, core: Core, bureau: Bureau, case: Case) -> None:
    step(session, core, bureau.leader, case, "report_grave", at("11-05", "15:00"), reason="三十人聚集")
    assert clock_of(session, case, "XF-10").legal_due == at("11-05", "16:00")


def test_a_served_opinion_is_the_answer_and_the_case_can_be_closed(
    session: Session, core: Core, bureau: Bureau, case: Case
) -> None:
    step(session, core, bureau.head, case, "accept_petition", at("11-04"), **ACCEPTING, day="2026-11-04")
    case.state, later = "in_progress", at("12-01")
    for rule in ("XF-01", "XF-05"):
        with pytest.raises(InvalidInput, match=rule):
            close_it(session, core, bureau.head, case)
        serve_notice(session, core, bureau.head, case.id, case.version, rule=rule, proof="回证", at=later, now=later)
    close_it(session, core, bureau.head, case)
    assert case.state == "closed"


def close_it(session: Session, core: Core, person: Staff, case: Case) -> None:
    now = at("12-01") + timedelta(hours=1)
    close(session, core, person, case.id, case.version, result="solved", evidence="意见书已送达", now=now)
