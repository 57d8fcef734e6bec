"""Corrections, units, reports, regrouping: the less common moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.answer import answer
from handlers.casework.claim import claim
from handlers.casework.close import close
from handlers.casework.history import history
from handlers.casework.issue import issue
from handlers.casework.labels import correct_labels
from handlers.casework.merge import merge, undo_merge
from handlers.casework.page import read_case
from handlers.casework.regroup import move_message, split_message
from handlers.casework.report import dispatch_report, hand_report
from handlers.casework.restrict import adopt_orphans
from handlers.casework.units import assign_down, forward, unit_result
from handlers.casework.written import serve_notice, written_rules
from handlers.core import Core
from handlers.deadlines.clocks import open_clocks
from handlers.errors import InvalidInput, NotFound
from handlers.procedure.tracks import confirm_track
from handlers.records import Alert, Case, CaseEvent, Citizen, Correction, Delivery, Label, Message, Officer
from tests.handlers.casework.conftest import Bureau, OpenCase


def _label(session: Session, case: Case, now: datetime) -> None:
    session.add(
        Label(
            message_id=case.first_message_id, kind=case.kind, topic=case.topic, needs_person=False, urgent=False,
            confidence={"topic": 0.71}, evidence={"topic": [{"start": 5, "end": 9, "text": "老人", "weight": 1.0}]},
            model="rules", at=now,
        )
    )  # fmt: skip
    session.flush()


def _message(session: Session, case: Case, text: str, now: datetime) -> Message:
    message = Message(
        channel=case.channel, account="gh_1", external_id=f"more-{case.id}-{text}", sender_id="s",
        kind="text", text=text,
        citizen_id=case.citizen_id, case_id=case.id, sent_at=now, received_at=now, state="processed",
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def test_a_corrected_topic_is_kept_for_learning_and_routes_the_case(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    _label(session, case, now)
    correct_labels(
        session,
        core,
        bureau.zhang,
        case.id,
        case.version,
        {"topic": "social_assistance", "kind": "consultation"},
        now=now,
    )
    kept = session.scalars(select(Correction)).one()
    assert (kept.label, kept.said, kept.right, kept.confidence) == ("topic", "elderly_care", "social_assistance", 0.71)
    assert (case.section_code, case.state, case.labels_checked) == ("social_relief_office", "assigned", True)


def test_a_corrected_kind_starts_the_right_clocks_from_the_receipt_and_stops_the_wrong(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    before = {clock.rule for clock in open_clocks(session, case.id)}
    assert "RX-01" in before
    correct_labels(
        session, core, bureau.zhang, case.id, case.version, {"kind": "complaint"}, now=now + timedelta(days=1)
    )
    after = {clock.rule: clock.started_at for clock in open_clocks(session, case.id)}
    assert "RX-01" not in after and after["RX-03"] == now


def test_confirming_a_topic_in_triage_sends_the_case_to_its_section(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(state="triage", section_code=None, topic="funeral")
    correct_labels(session, core, bureau.office, case.id, case.version, {"topic": "funeral"}, now=now)
    assert (case.section_code, case.state, case.needs_person) == ("social_affairs", "assigned", False)
    assert "NB-01" not in {clock.rule for clock in open_clocks(session, case.id)}


def test_what_is_not_ours_stays_with_the_office(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    correct_labels(session, core, bureau.zhang, case.id, case.version, {"topic": "not_ours"}, now=now)
    assert (case.section_code, case.state) == (None, "triage")


def test_a_case_that_turns_out_to_be_a_report_leaves_every_sections_sight(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    correct_labels(session, core, bureau.zhang, case.id, case.version, {"kind": "report"}, now=now)
    assert (case.restricted, case.restricted_to, case.section_code) == (True, bureau.suhe.officer_id, None)
    with pytest.raises(NotFound):
        read_case(session, core, bureau.zhang, case.id, now)
    assert session.scalars(select(Alert)).one().kind == "report"


def test_the_track_is_confirmed_by_a_person_with_a_reason(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    confirm_track(session, core, bureau.zhang, case.id, case.version, track="petition", reason="本人书面信访", now=now)
    assert case.track == "petition" and "XF-01" in {clock.rule for clock in open_clocks(session, case.id)}


def test_a_case_given_down_returns_with_the_units_result(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="help")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    referral = assign_down(
        session, core, bureau.zhang, case.id, case.version, unit="tuoketuo", demand="请核实津贴发放",
        return_by=date(2026, 11, 27), now=now,
    )  # fmt: skip
    assert case.state == "with_unit" and referral.remind_at == datetime.fromisoformat("2026-11-26T08:30+08:00")
    assert "托克托县民政局" in session.scalars(select(Delivery)).one().text
    unit_result(session, core, bureau.li, case.id, case.version, text="已补发", now=now)
    assert case.state == "in_progress" and referral.state == "returned" and referral.remind_at is None


def test_the_usual_return_date_lies_before_the_limit(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    referral = assign_down(session, core, bureau.zhang, case.id, case.version, unit="tuoketuo", demand="请核", now=now)
    assert referral.return_by is not None and case.next_safe_due_at is not None
    assert now < referral.return_by <= case.next_safe_due_at


def test_a_forwarded_case_tells_the_citizen_where_and_ends(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(state="triage", section_code=None, topic="not_ours")
    forward(session, core, bureau.office, case.id, case.version, unit="hotline_12345", outer_number="HX-88", now=now)
    assert (case.state, case.result, open_clocks(session, case.id)) == ("forwarded", "forwarded", [])
    text = session.scalars(select(Delivery)).one().text
    assert "12345" in text and "HX-88" in text and "不属于民政部门" in text


def test_a_sensitive_case_tells_no_telephone_where_it_went(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(sensitive=True, topic="child_welfare")
    claim(session, core, bureau.zhang, case.id, case.version, now)
    assign_down(session, core, bureau.zhang, case.id, case.version, unit="welfare_institute", demand="请核", now=now)
    assert session.scalars(select(Delivery)).all() == []


def _report(bureau: Bureau, open_case: OpenCase) -> Case:
    return open_case(
        "某主任把低保给了亲戚", kind="report", state="triage", section_code=None, restricted=True, sensitive=True,
        restricted_to=bureau.suhe.officer_id,
    )  # fmt: skip


def test_a_report_about_an_official_stays_with_its_recipient_alone(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = _report(bureau, open_case)
    with pytest.raises(NotFound):
        dispatch_report(session, core, bureau.office, case.id, case.version, accused_type="cadre", now=now)
    dispatch_report(
        session,
        core,
        bureau.suhe,
        case.id,
        case.version,
        accused_type="cadre",
        unit="tuoketuo",
        demand="请核查",
        now=now,
    )
    assert (case.state, case.restricted, case.section_code) == ("with_unit", True, None)
    for person in (bureau.head, bureau.office, bureau.leader):
        with pytest.raises(NotFound):
            read_case(session, core, person, case.id, now)


def test_a_report_about_an_organisation_goes_to_the_section_that_enforces_but_never_to_the_accused(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = _report(bureau, open_case)
    with pytest.raises(InvalidInput, match="被举报的科室"):
        dispatch_report(
            session, core, bureau.suhe, case.id, case.version, accused_type="organisation", section="welfare",
            accused_section="welfare", now=now,
        )  # fmt: skip
    session.refresh(case)
    dispatch_report(
        session, core, bureau.suhe, case.id, case.version, accused_type="organisation", section="organisations", now=now
    )
    assert (case.state, case.restricted, case.section_code) == ("assigned", False, "organisations")
    told = " ".join(s.text for s in history(session, core.profile(), case.id, now))
    assert "机构" not in told and "举报分办" in told


def test_no_event_of_a_report_names_whom_it_accuses(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = _report(bureau, open_case)
    dispatch_report(
        session, core, bureau.suhe, case.id, case.version, accused_type="own_official", unit="petition_office",
        demand="请核查", now=now,
    )  # fmt: skip
    kept = str([e.data for e in session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id))])
    assert "own_official" not in kept and "petition_office" not in kept


def test_a_report_can_be_handed_to_another_recipient(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = _report(bureau, open_case)
    with pytest.raises(InvalidInput):
        hand_report(session, core, bureau.suhe, case.id, case.version, officer_id=bureau.office.officer_id, now=now)
    session.get_one(Officer, bureau.leader.officer_id).receives_reports = True
    hand_report(session, core, bureau.suhe, case.id, case.version, officer_id=bureau.leader.officer_id, now=now)
    with pytest.raises(NotFound):
        read_case(session, core, bureau.suhe, case.id, now)
    assert read_case(session, core, bureau.leader, case.id, now).line.number == case.number
    waiting = session.scalars(select(Alert).where(Alert.case_id == case.id, Alert.kind == "report")).one()
    assert (waiting.state, waiting.next_at) == ("open", now)


def test_a_report_nobody_may_see_is_given_to_the_recipient_named_later(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(kind="report", state="triage", section_code=None, restricted=True, restricted_to=None)
    assert adopt_orphans(session, core) == 1
    session.refresh(case)
    assert case.restricted_to == bureau.suhe.officer_id


def test_a_report_never_goes_to_somebody_who_could_not_work_on_it(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = _report(bureau, open_case)
    auditor = session.get_one(Officer, bureau.leader.officer_id)
    auditor.receives_reports, auditor.role = True, "auditor"
    with pytest.raises(InvalidInput):
        hand_report(session, core, bureau.suhe, case.id, case.version, officer_id=auditor.id, now=now)
    session.get_one(Officer, bureau.suhe.officer_id).role = "admin"
    auditor.role = "leader"
    session.flush()
    assert adopt_orphans(session, core) == 1
    session.refresh(case)
    assert case.restricted_to == auditor.id


def test_a_second_matter_becomes_a_case_of_its_own_and_merging_undoes_it(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    part = split_message(
        session, core, bureau.head, case.id, case.version, case.first_message_id, subject="还问残疾补贴", now=now
    )
    assert part.state == "triage" and part.number != case.number and part.citizen_id == case.citizen_id
    assert part.next_due_at is not None
    page = read_case(session, core, bureau.office, part.id, now)
    assert [entry.text for entry in page.conversation] == [session.get_one(Message, case.first_message_id).text]
    merge(session, core, bureau.office, part.id, part.version, into_number=case.number, now=now)
    assert (part.state, part.merged_into_id) == ("merged", case.id)


def test_merged_cases_show_one_conversation_and_come_apart_again(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    first = open_case("津贴没到账")
    citizen = session.get_one(Citizen, first.citizen_id)
    second = open_case("津贴还是没到账", citizen=citizen)
    merge(session, core, bureau.head, second.id, second.version, into_number=first.number, now=now)
    assert second.state == "merged" and open_clocks(session, second.id) == []
    page = read_case(session, core, bureau.head, first.id, now)
    assert [entry.text for entry in page.conversation] == ["津贴没到账", "津贴还是没到账"]
    undo_merge(session, core, bureau.head, second.id, second.version, now=now)
    assert second.state == "assigned" and second.merged_into_id is None and open_clocks(session, second.id) != []


def test_cases_of_two_people_are_never_joined(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    one, other = open_case(), open_case()
    with pytest.raises(InvalidInput, match="同一位"):
        merge(session, core, bureau.head, one.id, one.version, into_number=other.number, now=now)


def test_a_report_is_never_merged(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    one = open_case()
    other = open_case(citizen=session.get_one(Citizen, one.citizen_id), kind="report")
    with pytest.raises(InvalidInput, match="举报"):
        merge(session, core, bureau.head, one.id, one.version, into_number=other.number, now=now)


def test_a_message_moves_to_the_case_it_belongs_to_and_back(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    one = open_case()
    other = open_case(citizen=session.get_one(Citizen, one.citizen_id))
    stray = _message(session, one, "补贴的事也请看看", now)
    move_message(session, core, bureau.head, one.id, one.version, stray.id, number=other.number, now=now)
    assert stray.case_id == other.id and other.unread
    move_message(session, core, bureau.head, other.id, other.version, stray.id, number=one.number, now=now)
    assert stray.case_id == one.id
    with pytest.raises(InvalidInput, match="只有这一条"):
        move_message(
            session, core, bureau.head, other.id, other.version, other.first_message_id, number=one.number, now=now
        )


def test_a_written_act_is_met_by_its_proof_of_service_and_by_nothing_else(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint", channel="web", track="petition")
    assert "XF-01" in written_rules(session, case)
    claim(session, core, bureau.head, case.id, case.version, now)
    answer(session, core, bureau.head, case.id, case.version, "已核实。", result="solved", now=now)
    issue(session, core, bureau.office, case.id, case.version, now=now)
    assert case.state == "answered" and "XF-01" in written_rules(session, case)
    with pytest.raises(InvalidInput, match="XF-01"):
        close(session, core, bureau.head, case.id, case.version, result="solved", evidence="办好了", now=now)
    for rule in written_rules(session, case):
        with pytest.raises(InvalidInput) as fault:
            serve_notice(session, core, bureau.head, case.id, case.version, rule=rule, proof="", now=now)
        assert fault.value.field == "proof"
        serve_notice(session, core, bureau.head, case.id, case.version, rule=rule, proof="回证 12 号", now=now)
    assert written_rules(session, case) == []
    close(session, core, bureau.head, case.id, case.version, result="solved", evidence="办好了", now=now)
    told = " ".join(s.text for s in history(session, core.profile(), case.id, now))
    assert "登记书面告知（XF-01）：回证 12 号" in told


def test_a_case_without_written_acts_offers_no_such_button(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    assert "serve_notice" not in read_case(session, core, bureau.head, open_case().id, now).moves
    petition = open_case(kind="complaint", track="petition")
    assert "serve_notice" in read_case(session, core, bureau.head, petition.id, now).moves
