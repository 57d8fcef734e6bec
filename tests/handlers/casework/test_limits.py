"""A case has the right limits whichever way it goes: none missing, none left over, none from the wrong day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.ask import ask_citizen
from handlers.casework.assign import assign
from handlers.casework.citizen import progress_view
from handlers.casework.claim import claim
from handlers.casework.close import reopen
from handlers.casework.labels import correct_labels
from handlers.casework.merge import merge, undo_merge
from handlers.casework.regroup import split_message
from handlers.core import Core
from handlers.deadlines.clocks import meet, open_clocks
from handlers.errors import MoveNotAllowed
from handlers.guides.outcome import call_person
from handlers.procedure.take import take
from handlers.records import Alert, Case, Citizen, Delivery, Message
from tests.handlers.casework.conftest import Bureau, OpenCase

TRIAGE = {"state": "triage", "section_code": None}


def running(session: Session, case: Case) -> dict[str, datetime]:
    return {clock.rule: clock.started_at for clock in open_clocks(session, case.id)}


def test_a_case_of_unknown_kind_leaves_triage_with_the_shortest_limit_until_its_kind_is_known(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind=None, **TRIAGE)
    assert set(running(session, case)) == {"NB-01"}
    later = now + timedelta(hours=2)
    assign(session, core, bureau.office, case.id, case.version, section="welfare", now=later)
    assert running(session, case)["RX-01"] == now
    assert case.next_due_at is not None
    correct_labels(session, core, bureau.head, case.id, case.version, {"kind": "complaint"}, now=later)
    assert running(session, case) == {"RX-03": now}


def test_who_was_promised_to_be_told_the_section_is_told_it(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    told, hidden = open_case(kind="help", **TRIAGE), open_case(kind="help", **TRIAGE, sensitive=True)
    for case in (told, hidden):
        assign(session, core, bureau.office, case.id, case.version, section="welfare", now=now)
    receipt = session.scalars(select(Delivery)).one()
    assert (receipt.purpose, receipt.case_id) == ("receipt", told.id)
    assert f"编号 {told.number} 已交福利科办理，最迟 12月7日（周一）答复您" in receipt.text


def test_a_report_that_its_recipient_takes_in_hand_no_longer_waits_for_the_office(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    restricted = {"restricted": True, "sensitive": True, "restricted_to": bureau.suhe.officer_id}
    case = open_case(kind="report", **TRIAGE, **restricted)
    claim(session, core, bureau.suhe, case.id, case.version, now)
    assert set(running(session, case)) == {"RX-03"}


def test_a_kind_corrected_after_a_reopening_counts_from_the_reopening(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case(kind="complaint")
    meet(session, core, case, now + timedelta(days=1))
    case.state, again = "answered", now + timedelta(days=9)
    reopen(session, core, bureau.head, case.id, case.version, reason="群众又来电", now=again)
    for kind, rule in (("help", "RX-02"), ("complaint", "RX-03")):
        correct_labels(session, core, bureau.head, case.id, case.version, {"kind": kind}, now=again)
        assert running(session, case) == {rule: again}


def test_a_case_taken_out_of_another_waits_for_the_office_again(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    first = open_case()
    second = open_case(citizen=session.get_one(Citizen, first.citizen_id), kind=None, **TRIAGE)
    merge(session, core, bureau.office, second.id, second.version, into_number=first.number, now=now)
    later = now + timedelta(days=1)
    undo_merge(session, core, bureau.office, second.id, second.version, now=later)
    assert running(session, second) == {"NB-01": later}


def test_a_matter_split_off_a_later_message_counts_from_that_message(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case, later = open_case(outer_dispatched_at=None), now + timedelta(days=8)
    first = session.get_one(Message, case.first_message_id)
    added = Message(
        channel=first.channel, account=first.account, external_id="later", sender_id=first.sender_id, kind="text",
        citizen_id=first.citizen_id, case_id=case.id, text="另外还问低保", sent_at=later, received_at=later,
        state="processed",
    )  # fmt: skip
    session.add(added)
    session.flush()
    part = split_message(
        session, core, bureau.head, case.id, case.version, added.id, subject="低保", now=later + timedelta(hours=1)
    )
    assert part.received_at == later
    assert running(session, part)["RX-01"] == later


def test_a_case_corrected_to_urgent_calls_the_duty_roster(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    correct_labels(session, core, bureau.zhang, case.id, case.version, {"urgent": True}, now=now)
    assert session.scalars(select(Alert.kind).where(Alert.case_id == case.id)).all() == ["urgent"]


def test_of_two_cases_that_become_one_the_earlier_date_prevails_and_goes_back_with_its_case(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    early = now - timedelta(days=7)
    first = open_case(kind="complaint")
    second = open_case(
        citizen=session.get_one(Citizen, first.citizen_id), kind="complaint", received_at=early, opened_at=early
    )
    promised = second.next_due_at
    merge(session, core, bureau.office, second.id, second.version, into_number=first.number, now=now)
    assert first.next_due_at == promised and promised is not None
    assert open_clocks(session, second.id) == []
    correct_labels(session, core, bureau.head, first.id, first.version, {"kind": "help"}, now=now)
    assert first.next_due_at == promised  # a correction of the other case's kind takes no promise back
    undo_merge(session, core, bureau.office, second.id, second.version, now=now)
    assert set(running(session, first)) == {"RX-02"} and second.next_due_at == promised


def test_a_later_date_is_not_taken_over_from_a_merged_case(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    first = open_case(kind="complaint", received_at=now - timedelta(days=7))
    second = open_case(citizen=session.get_one(Citizen, first.citizen_id), kind="complaint")
    before = running(session, first)
    merge(session, core, bureau.office, second.id, second.version, into_number=first.number, now=now)
    assert running(session, first) == before and len(open_clocks(session, first.id)) == 1


def test_who_asks_for_a_person_is_promised_a_day_that_is_counted_until_somebody_has_been_in_touch(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    written, rung, waiting = open_case(), open_case(), open_case(**TRIAGE)
    for case in (written, rung, waiting):
        call_person(session, core, case.id, now)
        assert running(session, case)["NB-01"] == now
        call_person(session, core, case.id, now + timedelta(minutes=5))
    assert sum(clock.rule == "NB-01" for clock in open_clocks(session, rung.id)) == 1
    assert progress_view(session, core, rung.id, now).latest == "11月25日（周三）"  # the answer's day, not the call's
    claim(session, core, bureau.zhang, written.id, written.version, now)
    ask_citizen(session, core, bureau.zhang, written.id, written.version, text="方便时请说说是哪家？", now=now)
    take(session, core, bureau.zhang, rung.id, rung.version, "contacted", {"reason": "电话里说清了"}, now)
    assert "NB-01" not in running(session, written) | running(session, rung)
    with pytest.raises(MoveNotAllowed):
        take(session, core, bureau.office, waiting.id, waiting.version, "contacted", {"reason": "打过电话"}, now)
