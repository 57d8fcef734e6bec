"""What rests too long is remembered: units, pauses, parked messages, the missing calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from handlers.deadlines import clocks
from handlers.deadlines.worktime import SHANGHAI, end_of_day
from handlers.escalation.watch import alert_calendar, alert_parked, remind_paused, remind_units
from handlers.records import Alert, Case, Message, UnitReferral
from tests.handlers.escalation.bureau import DOORS, PROFILE, Bureau


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def kinds(bureau: Bureau) -> list[str]:
    with bureau.core.database.read() as session:
        return [alert.kind for alert in bureau.all(session, Alert)]


def still_open(bureau: Bureau) -> list[str]:
    with bureau.core.database.read() as session:
        return [alert.kind for alert in bureau.all(session, Alert) if alert.state == "open"]


def test_a_unit_that_has_not_answered_is_remembered_each_working_morning(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-20T10:00"), state="with_unit", officer_id=bureau.staff["zhang"])
    with bureau.core.database.write() as session:
        session.add(
            UnitReferral(
                case_id=case_id, unit_code=PROFILE.units[0].code, way="assign_down", created_at=at("11-20T10:00"),
                created_by=bureau.staff["zhang"], return_by=end_of_day(at("11-27T10:00").date()),
                remind_at=at("11-26T08:30"),
            )
        )  # fmt: skip
    assert remind_units(bureau.core, at("11-26T08:29"), DOORS) == 0
    assert remind_units(bureau.core, at("11-26T08:30"), DOORS) == 1
    assert remind_units(bureau.core, at("11-26T08:31"), DOORS) == 0
    assert remind_units(bureau.core, at("11-27T08:30"), DOORS) == 1
    assert remind_units(bureau.core, at("11-30T08:30"), DOORS) == 1
    with bureau.core.database.read() as session:
        assert [alert.colour for alert in bureau.all(session, Alert)] == ["orange", "orange", "red"]
    assert PROFILE.units[0].name in bureau.pushed()[0][1]
    assert bureau.actions(case_id) == ["clock_started"] + ["reminded"] * 3
    with bureau.core.database.write() as session:
        session.execute(update(UnitReferral).values(state="returned", remind_at=None))
    assert still_open(bureau) == ["unit"] * 3
    remind_units(bureau.core, at("11-30T10:00"), DOORS)
    assert still_open(bureau) == []


def test_nobody_is_reminded_of_a_unit_once_the_case_has_ended(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-20T10:00"), state="with_unit", officer_id=bureau.staff["zhang"])
    with bureau.core.database.write() as session:
        session.add(
            UnitReferral(
                case_id=case_id, unit_code=PROFILE.units[0].code, way="assign_down", created_at=at("11-20T10:00"),
                created_by=bureau.staff["zhang"], return_by=end_of_day(at("11-27T10:00").date()),
                remind_at=at("11-26T08:30"),
            )
        )  # fmt: skip
    assert remind_units(bureau.core, at("11-26T08:30"), DOORS) == 1
    with bureau.core.database.write() as session:
        session.get_one(Case, case_id).state = "withdrawn"
    assert remind_units(bureau.core, at("11-27T08:30"), DOORS) == 0
    remind_units(bureau.core, at("11-27T08:31"), DOORS)
    assert still_open(bureau) == []


def test_a_pause_longer_than_any_third_party_may_take_is_asked_about_once(bureau: Bureau) -> None:
    case_id = bureau.case(at("09-21T10:30"), ("GK-01",))
    with bureau.core.database.write() as session:
        case = session.get_one(Case, case_id)
        clocks.pause(session, bureau.core, case, "GK-01", at("10-12T09:00"), "征求第三方意见")
    assert remind_paused(bureau.core, at("11-02T09:00"), DOORS) == 0
    assert remind_paused(bureau.core, at("11-03T09:00"), DOORS) == 1
    assert remind_paused(bureau.core, at("11-04T09:00"), DOORS) == 0


def test_parked_messages_are_told_to_the_office_once_a_day(bureau: Bureau) -> None:
    assert alert_parked(bureau.core, at("11-23T09:00"), DOORS) == 0
    with bureau.core.database.write() as session:
        for n in range(2):
            session.add(
                Message(
                    channel="wechat", external_id=str(n), sender_id="o", kind="text", state="parked",
                    sent_at=at("11-23T08:00"), received_at=at("11-23T08:00"),
                )
            )  # fmt: skip
    for _ in range(2):
        assert alert_parked(bureau.core, at("11-23T09:00"), DOORS) == 2
    assert kinds(bureau) == ["parked"]
    alert_parked(bureau.core, at("11-24T09:00"), DOORS)
    assert kinds(bureau) == ["parked", "parked"]
    with bureau.core.database.write() as session:
        session.execute(update(Message).values(state="processed"))
    assert alert_parked(bureau.core, at("11-24T10:00"), DOORS) == 0
    assert still_open(bureau) == []


def test_from_november_the_missing_calendar_is_told_once_a_month(bureau: Bureau) -> None:
    assert alert_calendar(bureau.core, at("10-31T09:00"), DOORS) is None
    for day in range(20):
        assert alert_calendar(bureau.core, at("11-01T09:00") + timedelta(days=day), DOORS) == 2027
    assert alert_calendar(bureau.core, at("12-01T09:00"), DOORS) == 2027
    assert kinds(bureau) == ["calendar", "calendar"]
    assert "2027" in bureau.pushed()[0][1]
