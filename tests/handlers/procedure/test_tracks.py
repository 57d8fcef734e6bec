"""A case may follow several tracks; what starts, stops and goes on follows from the table alone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.assign import assign, transfer
from handlers.casework.citizen import progress_view
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput
from handlers.intake.tracks import propose_tracks
from handlers.intake.tracks_kept import propose_more, track_rows
from handlers.procedure.tracks import confirm_track, end_track, refuse_track
from handlers.records import Case, CaseTrack, Delivery
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.procedure.conftest import at, clock_of, petition, request, running, track_of

BOTH = "这件事我要信访。另外申请公开 2025 年的收费审批文件。"


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("我要信访，请书面答复", "wechat", [("petition", "received")]),
        ("再不解决我就去上访", "wechat", [("petition", "received")]),
        ("我不上访，就想问问", "wechat", []),
        ("反映收费问题", "petition_system", [("petition", "transferred")]),
        ("申请公开2025年低保资金的使用明细", "wechat", [("information_request", "online")]),
        ("要求提供养老院的收费审批文件", "letter", [("information_request", "written")]),
        ("你们网站办事指南打不开", "web", [("website_correction", "")]),
        (BOTH, "wechat", [("petition", "received"), ("information_request", "online")]),
        ("请问高龄津贴怎么办", "wechat", []),
    ],
)
def test_what_a_letter_says_proposes_its_tracks(text: str, source: str, expected: list[tuple[str, str]]) -> None:
    found = propose_tracks(text, source)
    assert [(proposal.track, proposal.form) for proposal in found] == expected
    assert all(proposal.state == "open" or proposal.evidence in text for proposal in found)


def propose(session: Session, core: Core, case: Case, text: str, now: datetime) -> None:
    propose_more(session, core, case, propose_tracks(text, case.source), now, now)


def test_a_further_letter_proposes_tracks_from_its_own_day_and_the_limits_run_at_once(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(kind="complaint", received_at=at("11-02"), opened_at=at("11-02"))
    propose(session, core, case, BOTH, at("11-06"))
    assert running(session, case) == {"RX-03": "running", "XF-01": "running"}
    assert clock_of(session, case, "XF-01").started_at == at("11-06")
    assert {row.track: row.state for row in session.scalars(select(CaseTrack))} == {
        "petition": "proposed", "information_request": "proposed",
    }  # fmt: skip
    propose(session, core, case, BOTH, at("11-07"))
    assert len(session.scalars(select(CaseTrack)).all()) == 2


def test_two_tracks_are_confirmed_side_by_side_and_nothing_restarts_on_the_way_through_the_house(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    petition(session, core, bureau.head, case, now)
    assert running(session, case) == {"XF-01": "running"} and case.track == "petition"
    confirm_track(
        session, core, bureau.head, case.id, case.version, track="information_request", reason="同信",
        alongside=True,
        now=now,
    )  # fmt: skip
    assert case.track == "petition" and running(session, case) == {"XF-01": "running"}
    before = clock_of(session, case, "XF-01").legal_due
    transfer(
        session,
        core,
        bureau.office,
        case.id,
        case.version,
        section="social_relief_office",
        reason="归口",
        now=at("11-24"),
    )
    assign(session, core, bureau.office, case.id, case.version, section="welfare", now=at("11-25"))
    assert clock_of(session, case, "XF-01").legal_due == before
    assert len(running(session, case)) == 1


def test_a_request_in_a_chat_waits_for_both_sides_and_its_writer_is_asked_for_three_things(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    row = confirm_track(
        session, core, bureau.zhang, case.id, case.version, track="information_request", reason="申请公开", now=now
    )
    assert row is not None and row.stage == "awaiting"
    assert "GK-01" not in running(session, case) and "RX-01" in running(session, case)
    text = session.scalars(select(Delivery.text).where(Delivery.purpose == "notice")).one()
    assert all(words in text for words in ("姓名或单位名称", "名称、文号", "怎样提供", case.number))
    assert "身份证明请不要发在聊天里" in text


def test_a_sensitive_request_is_not_named_on_a_telephone_others_may_read(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(sensitive=True)
    confirm_track(
        session, core, bureau.zhang, case.id, case.version, track="information_request", reason="申请公开", now=now
    )
    assert session.scalars(select(Delivery)).all() == []


def test_the_answer_limit_runs_from_the_day_both_sides_confirmed_and_the_general_ones_end(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(received_at=at("09-18"), opened_at=at("09-18"))
    request(session, core, bureau.zhang, case, at("09-22"), "2026-09-21")
    assert running(session, case) == {"GK-01": "running"}
    assert clock_of(session, case, "GK-01").legal_due == at("10-27", "00:00")
    assert track_of(session, case, "information_request").confirmed_on == date(2026, 9, 21)


def test_a_proposal_that_was_wrong_stops_what_it_started_and_the_rest_goes_on(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint", track="petition", track_reason="来信写明信访")
    for row in track_rows(propose_tracks("我要信访", "wechat"), case.id, now):
        session.add(CaseTrack(**row))
    session.flush()
    refuse_track(
        session, core, bureau.zhang, case.id, case.version, track="petition", reason="只是问信访局的电话", now=now
    )
    assert case.track == "general" and running(session, case) == {"RX-03": "running"}
    assert clock_of(session, case, "XF-01").state == "stopped"
    assert track_of(session, case, "petition").state == "refused"


def test_a_track_that_ends_takes_its_limits_along_and_the_general_one_counts_from_the_receipt(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(kind="help", received_at=at("11-02"), opened_at=at("11-02"))
    request(session, core, bureau.zhang, case, at("11-03"), "2026-11-03")
    end_track(
        session, core, bureau.head, case.id, case.version, track="information_request", reason="申请人撤回申请",
        now=at("11-05"),
    )  # fmt: skip
    assert running(session, case) == {"RX-02": "running"}
    assert clock_of(session, case, "RX-02").started_at == at("11-02")


@pytest.mark.parametrize(
    ("track", "form", "rules"),
    [
        ("petition", "transferred", {"XF-02", "XF-03"}),
        ("petition", "simple", {"XF-01", "XF-11a", "XF-11b"}),
        ("proposal", "congress", {"JT-01a"}),
        ("proposal", "cppcc", {"JT-02"}),
        ("opinion", "grave", {"YQ-01a", "YQ-01b"}),
        ("opinion", "other", {"YQ-02"}),
        ("website_correction", "", {"WZ-01a", "WZ-01b"}),
    ],
)
def test_how_a_track_began_decides_its_limits(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime, track: str, form: str,
    rules: set[str],
) -> None:  # fmt: skip
    case = open_case(kind="complaint")
    confirm_track(session, core, bureau.head, case.id, case.version, track=track, form=form, reason="来文", now=now)
    assert set(running(session, case)) == rules


def test_a_track_is_confirmed_once_and_only_in_a_form_that_it_has(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    with pytest.raises(InvalidInput):
        petition(session, core, bureau.head, case, now, form="grave")
    petition(session, core, bureau.head, case, now)
    with pytest.raises(Conflict, match="不用再确认"):
        petition(session, core, bureau.head, case, now)
    petition(session, core, bureau.head, case, now, form="transferred")
    assert set(running(session, case)) == {"XF-02", "XF-03"}


def test_the_citizen_reads_a_date_for_each_procedure_only_where_there_are_several(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    assert progress_view(session, core, case.id, now).tracks == ()
    petition(session, core, bureau.head, case, now)
    assert progress_view(session, core, case.id, now).tracks == ()
    confirm_track(
        session, core, bureau.head, case.id, case.version, track="information_request", reason="同信",
        alongside=True, now=now,
    )  # fmt: skip
    told = {track.track: track.words for track in progress_view(session, core, case.id, now).tracks}
    assert told == {"petition": "最迟 12月8日（周二）（信访告知）", "information_request": "期限还没有起算"}
    case.sensitive = True
    assert progress_view(session, core, case.id, now).tracks == ()
