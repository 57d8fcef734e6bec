"""督办单: raised at red, answered by the head, accepted or sent back, late ones warned of, silence made public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.access import Staff, staff_of
from handlers.casework.oversee import supervise
from handlers.deadlines.worktime import SHANGHAI
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.escalation.sweep import sweep
from handlers.records import Alert, Case, Officer, SlipTurn, SupervisionSlip
from handlers.supervision import slips
from handlers.supervision.slips import last_day
from handlers.supervision.sweep import recount_slips, sweep_slips
from tests.handlers.escalation.bureau import DOORS, Bureau, away
from tests.handlers.supervision.conftest import WELFARE

START, RED, NOTICE = "11-23T10:00", "11-26T00:00", "12-02T08:30"
Missed = Callable[..., SupervisionSlip]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def person(bureau: Bureau, login: str) -> Staff:
    return staff_of(bureau.get(Officer, bureau.staff[login]))


def opened(bureau: Bureau, rules: tuple[str, ...] = ("RX-01",), **columns: object) -> int:
    return bureau.case(at(START), rules, **({"section_code": WELFARE} | columns))


def slip_of(bureau: Bureau, case_id: int) -> SupervisionSlip:
    with bureau.core.database.read() as session:
        wanted = select(SupervisionSlip).where(SupervisionSlip.case_id == case_id).order_by(SupervisionSlip.id)
        return session.scalars(wanted).one()


def told(bureau: Bureau, step: str) -> list[set[str]]:
    names = {officer_id: login for login, officer_id in bureau.staff.items()}
    with bureau.core.database.read() as session:
        rows = session.scalars(select(Alert).where(Alert.kind == "slip", Alert.step == step).order_by(Alert.id))
        return [{names[i] for i in alert.recipients} for alert in rows]


@pytest.fixture
def missed(bureau: Bureau) -> Missed:
    """A case whose limit has passed, and its slip."""

    def make(**columns: object) -> SupervisionSlip:
        case_id = opened(bureau, **columns)
        sweep(bureau.core, at(RED), DOORS)
        return slip_of(bureau, case_id)

    return make


def test_a_miss_brings_the_section_a_numbered_slip_with_three_working_days(bureau: Bureau, missed: Missed) -> None:
    slip = missed()
    assert (slip.number, slip.section_code, slip.state, slip.rule) == ("民督〔2026〕1号", WELFARE, "open", "RX-01")
    assert last_day(slip) == date(2026, 12, 1)
    assert "slip_raised" in bureau.actions(slip.case_id) and bureau.get(Case, slip.case_id).supervised


def test_the_head_is_told_at_once_on_the_last_day_and_when_it_is_late(bureau: Bureau, missed: Missed) -> None:
    missed()
    counted = [sweep_slips(bureau.core, at(when), DOORS) for when in
               (RED, "11-26T00:01", "12-01T08:29", "12-01T08:30", "12-02T00:00", "12-09T00:00")]  # fmt: skip
    assert counted == [1, 0, 0, 1, 1, 0]
    assert told(bureau, "raised") == told(bureau, "soon") == [{"head"}]
    assert {"head", "clerk"} <= told(bureau, "late")[0]


def test_what_the_head_answers_goes_to_the_office_and_is_accepted(bureau: Bureau, missed: Missed) -> None:
    slip, head, clerk = missed(), person(bureau, "head"), person(bureau, "clerk")
    with bureau.core.database.write() as session:
        slips.answer(
            session, bureau.core, head, slip.id, reason="等旗县回复", measures="明日办结", now=at("11-27T09:00")
        )
    assert sweep_slips(bureau.core, at("11-27T09:00"), DOORS) == 1 and "clerk" in told(bureau, "answered")[0]
    with bureau.core.database.write() as session:
        slips.accept(session, bureau.core, clerk, slip.id, now=at("11-27T10:00"))
    assert slip_of(bureau, slip.case_id).state == "accepted"
    with bureau.core.database.read() as session:
        assert not session.scalars(select(Alert).where(Alert.kind == "slip", Alert.state == "open")).all()
        assert [turn.kind for turn in session.scalars(select(SlipTurn))] == ["answered", "accepted"]
    with pytest.raises(Conflict), bureau.core.database.write() as session:
        slips.answer(session, bureau.core, head, slip.id, reason="又", measures="又", now=at("11-27T11:00"))


def test_an_answer_sent_back_is_owed_again_within_the_same_time_from_then(bureau: Bureau, missed: Missed) -> None:
    slip, head, clerk = missed(), person(bureau, "head"), person(bureau, "clerk")
    with bureau.core.database.write() as session:
        slips.answer(session, bureau.core, head, slip.id, reason="忙", measures="快了", now=at("11-27T09:00"))
    with pytest.raises(InvalidInput), bureau.core.database.write() as session:
        slips.send_back(session, bureau.core, clerk, slip.id, note=" ", now=at("11-30T09:00"))
    with bureau.core.database.write() as session:
        slips.send_back(session, bureau.core, clerk, slip.id, note="没有写明原因", now=at("11-30T09:00"))
    back = slip_of(bureau, slip.case_id)
    assert (back.state, back.returns, last_day(back)) == ("open", 1, date(2026, 12, 3))
    sweep_slips(bureau.core, at("11-30T09:00"), DOORS)
    assert told(bureau, "returned") == [{"head"}]


def test_only_the_head_answers_and_nobody_decides_about_an_own_answer(bureau: Bureau, missed: Missed) -> None:
    slip, now = missed(), at("11-27T09:00")
    for login, fault in (("zhang", NotAllowed), ("clerk", NotAllowed), ("recipient", NotFound)):
        with pytest.raises(fault), bureau.core.database.write() as session:
            slips.answer(session, bureau.core, person(bureau, login), slip.id, reason="x", measures="y", now=now)
    with pytest.raises(InvalidInput), bureau.core.database.write() as session:
        slips.answer(session, bureau.core, person(bureau, "head"), slip.id, reason="x", measures="", now=now)
    with bureau.core.database.write() as session:
        slips.answer(session, bureau.core, person(bureau, "head"), slip.id, reason="x", measures="y", now=now)
    with pytest.raises(NotAllowed), bureau.core.database.write() as session:
        slips.accept(session, bureau.core, person(bureau, "head"), slip.id, now=now)


def test_while_a_case_has_no_section_the_office_answers_and_another_of_them_decides(
    bureau: Bureau, missed: Missed
) -> None:
    slip, now = missed(section_code=None, state="triage"), at("11-27T09:00")
    assert slip.section_code == bureau.core.profile().office
    clerk, other = person(bureau, "clerk"), person(bureau, bureau.core.profile().duty_roster[0].officer)
    assert clerk.role is other.role is Role.OFFICE
    with bureau.core.database.write() as session:
        slips.answer(session, bureau.core, clerk, slip.id, reason="漏分", measures="已分", now=now)
    with pytest.raises(NotAllowed), bureau.core.database.write() as session:
        slips.accept(session, bureau.core, clerk, slip.id, now=now)
    with bureau.core.database.write() as session:
        slips.accept(session, bureau.core, other, slip.id, now=now)


def test_a_second_miss_adds_no_second_slip_while_the_first_is_owed(bureau: Bureau) -> None:
    case_id = opened(bureau, ("RX-01", "WX-01"))
    for when in (RED, "12-01T00:00"):
        sweep(bureau.core, at(when), DOORS)
    assert slip_of(bureau, case_id).rule == "RX-01"
    assert bureau.actions(case_id).count("slip_raised") == 1


def test_five_working_days_of_silence_are_noticed_and_an_answer_spares_the_notice(bureau: Bureau) -> None:
    silent, spoken = opened(bureau), opened(bureau)
    sweep(bureau.core, at(RED), DOORS)
    with bureau.core.database.write() as session:
        given = {"reason": "等回复", "measures": "周五办结"}
        slip_id = slip_of(bureau, spoken).id
        slips.answer(session, bureau.core, person(bureau, "head"), slip_id, **given, now=at("11-27T09:00"))
    sweep(bureau.core, at(NOTICE), DOORS)
    assert slip_of(bureau, silent).noticed_at == at(NOTICE) and slip_of(bureau, spoken).noticed_at is None
    assert [step for step, _ in bureau.steps()].count("notice") == 1
    assert "slip_noticed" in bureau.actions(silent)


def test_the_office_demands_by_hand_and_again_on_the_same_slip(bureau: Bureau) -> None:
    case_id, clerk = opened(bureau), person(bureau, "clerk")
    for text in ("请明天前答复", "今天必须答复"):
        with bureau.core.database.write() as session:
            version = session.get_one(Case, case_id).version
            supervise(session, bureau.core, clerk, case_id, version, text=text, now=at("11-23T11:00"))
    slip = slip_of(bureau, case_id)
    assert (slip.demand, slip.raised_by, slip.clock_id) == ("请明天前答复", clerk.officer_id, None)
    assert bureau.actions(case_id)[-4:] == ["supervise", "slip_raised", "supervise", "slip_urged"]


def test_of_a_report_no_slip_is_raised(bureau: Bureau) -> None:
    opened(bureau, restricted=True, restricted_to=bureau.staff["recipient"])
    sweep(bureau.core, at(RED), DOORS)
    with bureau.core.database.read() as session:
        assert not session.scalars(select(SupervisionSlip)).all()


def test_whoever_stands_in_for_the_head_is_told_and_may_answer(bureau: Bureau, missed: Missed) -> None:
    now = missed() and at("11-27T09:00")
    with bureau.core.database.write() as session:
        away(session, bureau.staff["head"], bureau.staff["zhang"], at("11-30T00:00"))
    sweep_slips(bureau.core, now, DOORS)
    assert told(bureau, "raised") == [{"zhang"}]


def test_slips_follow_the_calendar(bureau: Bureau, missed: Missed) -> None:
    slip = missed()
    with bureau.core.database.write() as session:
        row = session.get_one(SupervisionSlip, slip.id)
        row.due_at = at("11-28T00:00")
    assert recount_slips(bureau.core, at("11-26T03:00")) == 1 == 1 + recount_slips(bureau.core, at("11-26T03:00"))
    assert last_day(slip_of(bureau, slip.case_id)) == date(2026, 12, 1)


def test_numbers_have_no_gap_and_no_twin(bureau: Bureau, missed: Missed) -> None:
    assert [missed().serial for _ in range(3)] == [1, 2, 3]
