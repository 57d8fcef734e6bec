"""延期审批, told: whoever decides hears of a request at once, whoever asked of the decision; nobody else, no words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Staff
from handlers.casework.trouble import alerts
from handlers.core import Core
from handlers.procedure.extensions import approve_extension, ask_extension, refuse_extension, withdraw_extension
from handlers.procedure.sweep import move_procedures
from handlers.records import Absence, Alert, Case, Consent, Officer
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.procedure.conftest import at, clock_of

WHY = "来信人住院，要等出院再核实"


@pytest.fixture
def complaint(open_case: OpenCase) -> Case:
    """A complaint received on 2 November: RX-03 ends with 23 November, the office grants."""
    return open_case(kind="complaint", received_at=at("11-02"), opened_at=at("11-02"))


def ask(session: Session, core: Core, person: Staff, case: Case, day: str = "11-18") -> Consent:
    clock_id = clock_of(session, case, "RX-03").id
    return ask_extension(
        session, core, person, case.id, case.version, clock_id=clock_id, units=10, reason=WHY, now=at(day)
    )


def told(session: Session, kind: str) -> list[tuple[set[str], str, str]]:
    rows = session.scalars(select(Alert).where(Alert.kind == kind).order_by(Alert.id))
    return [
        ({session.get_one(Officer, one).name for one in row.recipients}, row.text.partition("：http")[0], row.state)
        for row in rows
    ]


def test_the_approvers_hear_of_a_request_at_once_and_the_asker_of_the_consent(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    consent = ask(session, core, bureau.zhang, complaint)
    words = f"【延期审批】{complaint.number} 有一份延期申请等您审批"
    assert told(session, "extension") == [({"乌云", "苏和"}, words, "open")]
    approve_extension(
        session, core, bureau.office, complaint.id, complaint.version, consent_id=consent.id, now=at("11-19")
    )
    assert [state for _, _, state in told(session, "extension")] == ["acknowledged"]
    outcome = f"【延期结果】{complaint.number} 的延期申请已同意，延长10个工作日"
    assert told(session, "extension_decided") == [({"张敏"}, outcome, "open")]


def test_a_refusal_comes_with_its_reason_on_the_list_and_not_in_the_text(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    consent = ask(session, core, bureau.zhang, complaint)
    refuse_extension(
        session, core, bureau.suhe, complaint.id, complaint.version, consent_id=consent.id, reason="材料已经齐了",
        now=at("11-19"),
    )  # fmt: skip
    ((who, text, _),) = told(session, "extension_decided")
    assert who == {"张敏"} and text.endswith("的延期申请没有同意")
    assert [line.why for line in alerts(session, bureau.zhang)] == ["苏和：材料已经齐了"]
    assert not any("材料" in alert.text or "住院" in alert.text for alert in session.scalars(select(Alert)))


def test_one_taken_back_is_closed_and_one_that_lapsed_is_told(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    first = ask(session, core, bureau.zhang, complaint)
    withdraw_extension(
        session, core, bureau.zhang, complaint.id, complaint.version, consent_id=first.id, now=at("11-18", "11:00")
    )
    assert [state for _, _, state in told(session, "extension")] == ["acknowledged"]
    assert told(session, "extension_decided") == []
    ask(session, core, bureau.zhang, complaint, "11-20")
    move_procedures(session, core, at("11-24", "08:00"))
    assert [state for _, _, state in told(session, "extension")] == ["acknowledged", "acknowledged"]
    ((who, text, _),) = told(session, "extension_decided")
    assert who == {"张敏"} and "没有赶在期限以内批，作废" in text


def test_a_stand_in_hears_of_it_in_place_of_who_is_away_and_nobody_of_an_own_request(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    day = at("11-18").date()
    session.add(
        Absence(
            officer_id=bureau.office.officer_id, stand_in_id=bureau.relief.officer_id, first_day=day,
            last_day=day + timedelta(days=2), made_by=bureau.office.officer_id, made_at=at("11-17"),
        )
    )  # fmt: skip
    session.flush()
    ask(session, core, bureau.suhe, complaint)
    ((who, _, _),) = told(session, "extension")
    assert who == {"白云"}
