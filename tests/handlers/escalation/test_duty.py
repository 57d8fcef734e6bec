"""The duty roster: one person after another until somebody acknowledges; a report goes to its recipient only."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.deadlines.worktime import SHANGHAI
from handlers.errors import NotFound
from handlers.escalation.alerts import acknowledge
from handlers.escalation.duty import duty_reachable, sweep_duty
from handlers.escalation.urgent import call_duty, tell_report_recipient
from handlers.records import Alert, Case, Delivery, Officer
from tests.handlers.escalation.bureau import DOORS, PROFILE, Bureau, away

SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=SHANGHAI)
ROSTER = [turn.officer for turn in sorted(PROFILE.duty_roster, key=lambda turn: turn.order)]
TEN = timedelta(minutes=10)


def urgent(bureau: Bureau, **values: object) -> int:
    case_id = bureau.case(SUNDAY_NIGHT, (), urgent=True, **values)
    with bureau.core.database.write() as session:
        case = session.get_one(Case, case_id)
        call_duty(session, bureau.core, case_id, case.number, SUNDAY_NIGHT)
    return case_id


def alert_of(bureau: Bureau) -> Alert:
    with bureau.core.database.read() as session:
        [alert] = bureau.all(session, Alert)
        assert isinstance(alert, Alert)
        return alert


def called(bureau: Bureau) -> list[str]:
    return [address.removeprefix("tg-") for address, _ in bureau.pushed()]


def test_an_urgent_case_calls_the_first_on_the_roster_at_once_even_at_night(bureau: Bureau) -> None:
    urgent(bureau)
    assert sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS) == 1
    assert called(bureau) == ROSTER[:1]
    with bureau.core.database.read() as session:
        assert [d.next_at for d in bureau.all(session, Delivery)] == [SUNDAY_NIGHT]


def test_every_ten_minutes_the_next_person_is_called_and_then_the_first_again(bureau: Bureau) -> None:
    case_id = urgent(bureau)
    now = SUNDAY_NIGHT
    for _ in range(4):
        sweep_duty(bureau.core, now, DOORS)
        sweep_duty(bureau.core, now + TEN - timedelta(seconds=1), DOORS)
        now += TEN
    assert called(bureau) == [*ROSTER, ROSTER[0]]
    assert "轮到您" in bureau.pushed()[1][1]
    assert alert_of(bureau).recipients == [bureau.staff[login] for login in ROSTER]
    assert bureau.actions(case_id) == ["duty_called"] * 4


def test_once_acknowledged_nobody_more_is_called(bureau: Bureau) -> None:
    case_id = urgent(bureau)
    sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS)
    with bureau.core.database.write() as session:
        assert acknowledge(session, bureau.core, alert_of(bureau).id, bureau.staff[ROSTER[0]], SUNDAY_NIGHT)
    with bureau.core.database.write() as session:
        assert not acknowledge(session, bureau.core, alert_of(bureau).id, bureau.staff["clerk"], SUNDAY_NIGHT)
    assert sweep_duty(bureau.core, SUNDAY_NIGHT + 3 * TEN, DOORS) == 0
    assert called(bureau) == ROSTER[:1]
    assert alert_of(bureau).acknowledged_by == bureau.staff[ROSTER[0]]
    assert bureau.actions(case_id) == ["duty_called", "alert_acknowledged"]


def test_taking_note_waits_for_whoever_is_at_work_on_the_case(bureau: Bureau) -> None:
    case_id, core = urgent(bureau), bureau.core

    def take_note() -> None:
        with core.database.write() as session:
            acknowledge(session, core, alert_id, bureau.staff[ROSTER[0]], SUNDAY_NIGHT)

    alert_id = alert_of(bureau).id
    taking_note = threading.Thread(target=take_note)
    with core.database.write() as session:
        session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
        taking_note.start()
        taking_note.join(0.3)
        core.ledger.append(session, case_id, "officer:1", "note", SUNDAY_NIGHT)
    taking_note.join(10)
    assert bureau.actions(case_id) == ["note", "alert_acknowledged"]


def test_what_turns_urgent_again_after_somebody_took_note_calls_again(bureau: Bureau) -> None:
    case_id, later = urgent(bureau), SUNDAY_NIGHT + timedelta(days=1)
    sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS)
    with bureau.core.database.write() as session:
        number = session.get_one(Case, case_id).number
        call_duty(session, bureau.core, case_id, number, later)
        assert len(bureau.all(session, Alert)) == 1, "while it is open a further one would add nothing"
        acknowledge(session, bureau.core, bureau.all(session, Alert)[0].id, bureau.staff[ROSTER[0]], later)
        call_duty(session, bureau.core, case_id, number, later)
    assert sweep_duty(bureau.core, later, DOORS) == 1
    assert called(bureau) == [ROSTER[0]] * 2


def test_an_alert_that_does_not_exist_cannot_be_acknowledged(bureau: Bureau) -> None:
    with pytest.raises(NotFound), bureau.core.database.write() as session:
        acknowledge(session, bureau.core, 99, bureau.staff["clerk"], SUNDAY_NIGHT)


def test_whoever_is_away_is_stood_in_for_and_the_disabled_are_passed_over(bureau: Bureau) -> None:
    urgent(bureau)
    with bureau.core.database.write() as session:
        away(session, bureau.staff[ROSTER[0]], bureau.staff["head"], SUNDAY_NIGHT + timedelta(days=1))
        session.get_one(Officer, bureau.staff[ROSTER[1]]).disabled = True
    sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS)
    sweep_duty(bureau.core, SUNDAY_NIGHT + TEN, DOORS)
    assert called(bureau) == ["head", ROSTER[2]]


def test_of_a_restricted_case_only_the_recipient_is_called(bureau: Bureau) -> None:
    urgent(bureau, restricted=True, restricted_to=bureau.staff["recipient"], state="triage", section_code=None)
    sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS)
    sweep_duty(bureau.core, SUNDAY_NIGHT + TEN, DOORS)
    assert called(bureau) == ["recipient", "recipient"]


def test_a_case_that_has_ended_calls_nobody(bureau: Bureau) -> None:
    case_id = urgent(bureau)
    with bureau.core.database.write() as session:
        session.get_one(Case, case_id).state = "withdrawn"
    assert sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS) == 0
    assert alert_of(bureau).state == "acknowledged"


def test_a_report_waits_for_the_morning_and_is_repeated_each_working_morning(bureau: Bureau) -> None:
    case_id = bureau.case(
        SUNDAY_NIGHT, (), restricted=True, restricted_to=bureau.staff["recipient"], state="triage", section_code=None
    )
    with bureau.core.database.write() as session:
        number = session.get_one(Case, case_id).number
        tell_report_recipient(session, bureau.core, case_id, number, SUNDAY_NIGHT)
    sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS)
    assert alert_of(bureau).next_at == datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
    with bureau.core.database.read() as session:
        assert [d.next_at for d in bureau.all(session, Delivery)] == [datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)]
    assert sweep_duty(bureau.core, datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI), DOORS) == 1
    assert called(bureau) == ["recipient", "recipient"]
    with bureau.core.database.write() as session:
        session.get_one(Case, case_id).accused_type = "cadre"
    assert sweep_duty(bureau.core, datetime(2026, 11, 24, 8, 30, tzinfo=SHANGHAI), DOORS) == 0


def test_whether_anyone_can_be_reached_depends_on_doors_and_addresses(bureau: Bureau) -> None:
    assert duty_reachable(bureau.core, SUNDAY_NIGHT, DOORS)
    assert not duty_reachable(bureau.core, SUNDAY_NIGHT, {})
    assert not duty_reachable(bureau.core, SUNDAY_NIGHT, {"wecom": "corp"})
