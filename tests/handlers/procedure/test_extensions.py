"""延期: asked for in time, granted by whom the rule names and nobody else, once, no longer than allowed, then told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.roles import StandIn
from handlers.casework.access import Staff
from handlers.core import Core
from handlers.errors import Conflict, HuiyingError, InvalidInput, NotAllowed
from handlers.procedure.consents import consent_count, waiting_for
from handlers.procedure.extensions import approve_extension, ask_extension, refuse_extension, withdraw_extension
from handlers.procedure.sweep import move_procedures
from handlers.records import Case, Consent, Delivery
from tests.handlers.casework.conftest import Bureau, OpenCase
from tests.handlers.procedure.conftest import ACCEPTING, as_it_is, at, clock_of, petition, request, running, step

WHY = "需要向三个旗县区核实"


@pytest.fixture
def complaint(open_case: OpenCase) -> Case:
    """A complaint received on 2 November: RX-03 ends with 23 November."""
    return open_case(kind="complaint", received_at=at("11-02"), opened_at=at("11-02"))


def ask(
    session: Session, core: Core, person: Staff, case: Case, rule: str, units: int, day: str, why: str = WHY
) -> Consent:
    clock_id = clock_of(session, case, rule).id
    return ask_extension(
        session, core, person, case.id, case.version, clock_id=clock_id, units=units, reason=why, now=at(day)
    )


def approve(session: Session, core: Core, person: Staff, case: Case, consent: Consent, day: str) -> Consent:
    return approve_extension(session, core, person, case.id, case.version, consent_id=consent.id, now=at(day))


def told(session: Session) -> list[str]:
    return list(session.scalars(select(Delivery.text).where(Delivery.purpose == "notice")))


def test_asking_moves_nothing_granting_moves_the_limit_and_tells_the_citizen(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    consent = ask(session, core, bureau.zhang, complaint, "RX-03", 10, "11-18")
    assert clock_of(session, complaint, "RX-03").legal_due == at("11-24", "00:00") and told(session) == []
    assert [one.length for one in waiting_for(session, core, bureau.office)] == ["10个工作日"]
    assert consent_count(session, bureau.office) == {"consents": 1} and consent_count(session, bureau.zhang) == {}
    approve(session, core, bureau.office, complaint, consent, "11-19")
    assert clock_of(session, complaint, "RX-03").legal_due == at("12-08", "00:00")
    assert complaint.next_due_at == at("12-08", "00:00")
    text = told(session)
    assert len(text) == 1 and "原定 11月23日（周一） 答复，因需要向三个旗县区核实，要延到 12月7日（周一）" in text[0]
    assert waiting_for(session, core, bureau.office) == []


def test_refusing_leaves_the_limit_and_tells_nobody(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    consent = ask(session, core, bureau.zhang, complaint, "RX-03", 10, "11-18")
    refuse_extension(
        session, core, bureau.office, complaint.id, complaint.version, consent_id=consent.id, reason="材料已经齐了",
        now=at("11-19"),
    )  # fmt: skip
    assert clock_of(session, complaint, "RX-03").extended_by == 0 and told(session) == []
    again = ask(session, core, bureau.zhang, complaint, "RX-03", 5, "11-20")  # asking anew is no second extension
    assert again.state == "asked"


@pytest.mark.parametrize("who", ["zhang", "head", "leader", "relief"])
def test_nobody_but_the_role_that_the_rule_names_decides(
    session: Session, core: Core, bureau: Bureau, complaint: Case, who: str
) -> None:
    consent = ask(session, core, bureau.li, complaint, "RX-03", 10, "11-18")
    before = as_it_is(session, complaint)
    with pytest.raises(HuiyingError) as fault:
        approve(session, core, getattr(bureau, who), complaint, consent, "11-19")
    assert as_it_is(session, complaint) == before and told(session) == []
    if who in ("head", "leader"):
        assert isinstance(fault.value, NotAllowed) and "由办公室审批" in str(fault.value)


def test_the_head_of_the_organ_grants_a_petitions_extension_and_the_disclosure_office_a_requests(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(kind="complaint", received_at=at("09-14"), opened_at=at("09-14"))
    petition(session, core, bureau.head, case, at("09-14"))
    step(session, core, bureau.head, case, "accept_petition", at("09-17"), **ACCEPTING, day="2026-09-17")
    consent = ask(session, core, bureau.zhang, case, "XF-05", 30, "11-10")
    with pytest.raises(NotAllowed, match="分管领导"):
        approve(session, core, bureau.office, case, consent, "11-11")
    approve(session, core, bureau.leader, case, consent, "11-11")
    assert clock_of(session, case, "XF-05").legal_due == at("12-17", "00:00")
    asked_for = open_case(received_at=at("09-18"), opened_at=at("09-18"))
    request(session, core, bureau.zhang, asked_for, at("09-21"), "2026-09-21")
    second = ask(session, core, bureau.zhang, asked_for, "GK-01", 20, "10-20")
    with pytest.raises(NotAllowed, match="办公室"):
        approve(session, core, bureau.leader, asked_for, second, "10-21")
    approve(session, core, bureau.office, asked_for, second, "10-21")
    assert clock_of(session, asked_for, "GK-01").legal_due == at("11-24", "00:00")


def test_nobody_grants_what_they_asked_for_themselves(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    consent = ask(session, core, bureau.office, complaint, "RX-03", 10, "11-18")
    assert waiting_for(session, core, bureau.office) == []
    with pytest.raises(NotAllowed, match="不能由申请人自己批准"):
        approve(session, core, bureau.office, complaint, consent, "11-19")
    approve(session, core, bureau.suhe, complaint, consent, "11-19")
    assert clock_of(session, complaint, "RX-03").extended_by == 10


@pytest.mark.parametrize(
    ("units", "day", "why", "error", "field"),
    [
        (16, "11-18", WHY, InvalidInput, "units"),
        (0, "11-18", WHY, InvalidInput, "units"),
        (-3, "11-18", WHY, InvalidInput, "units"),
        (5, "11-18", "  ", InvalidInput, "reason"),
        (5, "11-24", WHY, Conflict, ""),
    ],
)
def test_what_the_rule_does_not_allow_is_refused_when_it_is_asked(
    session: Session, core: Core, bureau: Bureau, complaint: Case, units: int, day: str, why: str,
    error: type[HuiyingError], field: str,
) -> None:  # fmt: skip
    before = as_it_is(session, complaint)
    with pytest.raises(error) as fault:
        ask(session, core, bureau.zhang, complaint, "RX-03", units, day, why)
    assert getattr(fault.value, "field", "") == field
    assert as_it_is(session, complaint) == before and session.scalars(select(Consent)).all() == []


def test_a_rule_without_an_extension_has_none_and_one_that_allows_one_has_no_second(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    petition(session, core, bureau.head, complaint, at("11-03"))
    with pytest.raises(InvalidInput, match="没有延期"):
        ask(session, core, bureau.zhang, complaint, "XF-01", 5, "11-04")


def test_granted_once_is_granted(session: Session, core: Core, bureau: Bureau, complaint: Case) -> None:
    first = ask(session, core, bureau.zhang, complaint, "RX-03", 5, "11-18")
    with pytest.raises(Conflict, match="等审批"):
        ask(session, core, bureau.li, complaint, "RX-03", 5, "11-18")
    approve(session, core, bureau.office, complaint, first, "11-19")
    with pytest.raises(Conflict, match="已经延长过"):
        ask(session, core, bureau.zhang, complaint, "RX-03", 5, "11-20")
    with pytest.raises(Conflict, match="已经有了结果"):
        approve(session, core, bureau.office, complaint, first, "11-20")
    assert clock_of(session, complaint, "RX-03").extended_by == 5


def test_after_the_last_day_nothing_is_granted_and_the_request_lapses(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    consent = ask(session, core, bureau.zhang, complaint, "RX-03", 10, "11-23")
    before = as_it_is(session, complaint)
    with pytest.raises(Conflict, match="已经到期"):
        approve(session, core, bureau.office, complaint, consent, "11-24")
    assert as_it_is(session, complaint) == before and told(session) == []
    assert move_procedures(session, core, at("11-23", "23:00")) == 0
    assert move_procedures(session, core, at("11-24", "00:05")) == 1
    assert consent.state == "lapsed" and consent_count(session, bureau.office) == {"consents": 0}


def test_who_asked_may_take_it_back_and_nobody_else(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    consent = ask(session, core, bureau.zhang, complaint, "RX-03", 10, "11-18")
    with pytest.raises(NotAllowed, match="本人"):
        withdraw_extension(
            session, core, bureau.li, complaint.id, complaint.version, consent_id=consent.id, now=at("11-18")
        )
    withdraw_extension(
        session, core, bureau.zhang, complaint.id, complaint.version, consent_id=consent.id, now=at("11-18")
    )
    assert consent.state == "withdrawn"


def test_an_outer_platforms_earlier_date_is_not_ours_to_extend(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(
        kind="complaint", received_at=at("11-02"), opened_at=at("11-02"), outer_due_at=at("11-17", "00:00"),
        source="hotline_12345",
    )  # fmt: skip
    with pytest.raises(Conflict, match="来件平台要求 11月16日（周一） 以前办完"):
        ask(session, core, bureau.zhang, case, "RX-03", 5, "11-10")


def test_a_sensitive_case_is_told_the_day_and_no_reason_of_its_own(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(kind="complaint", received_at=at("11-02"), opened_at=at("11-02"), sensitive=True)
    consent = ask(session, core, bureau.zhang, case, "RX-03", 5, "11-18", "需要向儿童福利院核实")
    approve(session, core, bureau.office, case, consent, "11-19")
    assert "福利院" not in told(session)[0] and "情况需要进一步核实" in told(session)[0]


def test_a_resting_limit_can_be_extended_and_goes_on_longer(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    case = open_case(received_at=at("09-18"), opened_at=at("09-18"))
    request(session, core, bureau.zhang, case, at("09-21"), "2026-09-21")
    step(
        session, core, bureau.head, case, "ask_party", at("09-24"), party_kind="third_party", party="某公司",
        proof="挂号", day="2026-09-24",
    )  # fmt: skip
    consent = ask(session, core, bureau.zhang, case, "GK-01", 10, "09-28")
    approve(session, core, bureau.office, case, consent, "09-29")
    assert running(session, case) == {"GK-01": "paused"}


def test_whoever_stands_in_for_the_approver_decides_but_never_on_an_own_wish(
    session: Session, core: Core, bureau: Bureau, complaint: Case
) -> None:
    office = StandIn(bureau.office.officer_id, "乌云", bureau.office.role, bureau.office.section)
    li, zhang = (replace(one, stands_for=(office,)) for one in (bureau.li, bureau.zhang))
    consent = ask(session, core, bureau.zhang, complaint, "RX-03", 10, "11-18")
    assert consent_count(session, li) == {"consents": 1} and consent_count(session, zhang) == {"consents": 0}
    with pytest.raises(NotAllowed, match="申请人自己"):
        approve(session, core, zhang, complaint, consent, "11-19")
    assert approve(session, core, li, complaint, consent, "11-19").state == "approved"


def test_a_limit_that_rests_can_be_extended_after_the_day_it_would_have_ended(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase
) -> None:
    """GK-01 would end with 27 October, but rests from 24 September on while a third party is asked."""
    case = open_case(received_at=at("09-18"), opened_at=at("09-18"))
    request(session, core, bureau.zhang, case, at("09-21"), "2026-09-21")
    asked = {"party": "某公司", "proof": "EMS 1", "party_kind": "third_party", "day": "2026-09-24"}
    step(session, core, bureau.head, case, "ask_party", at("09-24"), **asked)
    consent = ask(session, core, bureau.zhang, case, "GK-01", 20, "11-10")
    assert clock_of(session, case, "GK-01").legal_due < at("11-10")
    assert move_procedures(session, core, at("11-11")) == 0 and consent.state == "asked"
    approve(session, core, bureau.office, case, consent, "11-12")
    assert clock_of(session, case, "GK-01").extended_by == 20
