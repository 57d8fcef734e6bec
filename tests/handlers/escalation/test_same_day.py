"""当日过问: section and office are told once, by daylight; nobody on duty is called."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.deadlines.clocks import plan_of
from handlers.deadlines.worktime import SHANGHAI
from handlers.escalation.duty import sweep_duty
from handlers.escalation.same_day import KIND, tell_same_day
from handlers.records import Alert, Case, Delivery
from tests.handlers.escalation.bureau import DOORS, Bureau

SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=SHANGHAI)


def alerts(bureau: Bureau) -> list[tuple[str, str]]:
    with bureau.core.database.read() as session:
        return [(alert.kind, alert.state) for alert in bureau.all(session, Alert)]


def test_section_and_office_are_told_once_and_not_before_the_morning(bureau: Bureau) -> None:
    bureau.case(SUNDAY_NIGHT, (), urgent=True, grade="today")
    assert [tell_same_day(bureau.core, SUNDAY_NIGHT, DOORS) for _ in range(2)] == [1, 0]
    assert sweep_duty(bureau.core, SUNDAY_NIGHT, DOORS) == 0
    with bureau.core.database.read() as session:
        [alert] = bureau.all(session, Alert)
        assert {bureau.staff["head"], bureau.staff["clerk"]} <= set(alert.recipients)
        deliveries = bureau.all(session, Delivery)
    assert deliveries and all(d.next_at > SUNDAY_NIGHT + timedelta(hours=6) for d in deliveries)
    assert all("当日过问" in text for _, text in bureau.pushed())


def test_what_calls_at_once_is_not_told_this_way_nor_a_restricted_case(bureau: Bureau) -> None:
    bureau.case(SUNDAY_NIGHT, (), urgent=True)
    bureau.case(SUNDAY_NIGHT, (), urgent=True, grade="now")
    bureau.case(SUNDAY_NIGHT, (), urgent=True, grade="today", restricted=True)
    bureau.case(SUNDAY_NIGHT, (), urgent=True, grade="today", state="closed")
    assert tell_same_day(bureau.core, SUNDAY_NIGHT, DOORS) == 0


def test_the_alert_is_over_when_the_case_has_ended(bureau: Bureau) -> None:
    case_id = bureau.case(SUNDAY_NIGHT, (), urgent=True, grade="today")
    tell_same_day(bureau.core, SUNDAY_NIGHT, DOORS)
    with bureau.core.database.write() as session:
        session.get_one(Case, case_id).state = "closed"
    tell_same_day(bureau.core, SUNDAY_NIGHT, DOORS)
    assert alerts(bureau) == [(KIND, "acknowledged")]


def test_only_what_calls_keeps_no_quiet_hours(bureau: Bureau) -> None:
    started = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
    case_id = bureau.case(started, urgent=True, grade="now")
    loud = []
    for grade in ("now", "today"):
        with bureau.core.database.write() as session:
            case = session.get_one(Case, case_id)
            case.grade = grade
            alarms = plan_of(bureau.core, case, bureau.clock(case_id)).alarms
        loud.append(next(alarm.send_at == alarm.at for alarm in alarms if alarm.step == "red"))
    assert loud == [True, False]
