"""The sweep: each step once, told to the right people, and a row that raises harms no neighbour."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.worktime import SHANGHAI
from handlers.escalation.sweep import LEASE, claim, sweep
from handlers.records import Alert, Case, Clock, Delivery, Officer
from tests.handlers.escalation.bureau import DOORS, Bureau, away

START = "11-23T10:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def told(bureau: Bureau, step: str) -> set[str]:
    with bureau.core.database.read() as session:
        ids = {i for alert in bureau.all(session, Alert) if alert.step == step for i in alert.recipients}
    return {login for login, officer_id in bureau.staff.items() if officer_id in ids}


def test_nothing_is_taken_before_its_time(bureau: Bureau) -> None:
    bureau.case(at(START))
    assert sweep(bureau.core, at("11-24T08:29"), DOORS).taken == 0
    assert bureau.steps() == []


def test_a_clock_climbs_step_by_step_and_the_case_shows_its_colour(bureau: Bureau) -> None:
    case_id = bureau.case(at(START))
    colours = []
    for moment in ("11-24T08:30", "11-25T08:30", "11-26T00:00", "12-02T08:30"):
        assert sweep(bureau.core, at(moment), DOORS).taken == 1
        assert sweep(bureau.core, at(moment), DOORS).taken == 0
        colours.append(bureau.get(Case, case_id).colour)
    assert bureau.steps() == [("yellow", "yellow"), ("orange", "orange"), ("red", "red"), ("notice", "notice")]
    assert colours == ["yellow", "orange", "red", "red"]
    assert bureau.clock(case_id).next_alarm_at is None
    assert bureau.actions(case_id) == [
        "clock_started", "clock_alert", "clock_alert", "clock_alert", "slip_raised", "clock_alert", "slip_noticed",
    ]  # fmt: skip


def test_a_scheduler_that_slept_warns_only_of_what_still_matters(bureau: Bureau) -> None:
    bureau.case(at(START))
    assert sweep(bureau.core, at("11-26T09:00"), DOORS).taken == 1
    assert bureau.steps() == [("red", "red")]


def test_each_step_tells_the_people_the_ladder_names(bureau: Bureau) -> None:
    bureau.case(at(START))
    for moment in ("11-24T08:30", "11-25T08:30", "11-26T00:00"):
        sweep(bureau.core, at(moment), DOORS)
    duty = {turn.officer for turn in bureau.core.profile().duty_roster}
    assert told(bureau, "yellow") == {"zhang", "head"}
    assert told(bureau, "orange") == {"clerk"} | duty
    assert told(bureau, "red") == {"clerk", "boss", "zhang", "head"} | duty


def test_pushes_carry_number_and_link_only(bureau: Bureau) -> None:
    case_id = bureau.case(at(START), subject="高龄津贴没有到账")
    sweep(bureau.core, at("11-24T08:30"), DOORS)
    number = bureau.get(Case, case_id).number
    assert {address for address, _ in bureau.pushed()} == {"tg-zhang", "tg-head"}
    for _, text in bureau.pushed():
        assert number in text
        assert f"https://example.invalid/console/cases/{number}" in text
        assert "津贴" not in text


def test_a_miss_is_on_the_board_at_midnight_but_pushed_in_the_morning(bureau: Bureau) -> None:
    bureau.case(at(START))
    sweep(bureau.core, at("11-26T00:00"), DOORS)
    with bureau.core.database.read() as session:
        assert {d.next_at for d in bureau.all(session, Delivery)} == {at("11-26T08:00")}
        assert [alert.created_at for alert in bureau.all(session, Alert)] == [at("11-26T00:00")]


def test_without_a_door_the_alert_still_stands_on_the_board(bureau: Bureau) -> None:
    bureau.case(at(START))
    assert sweep(bureau.core, at("11-24T08:30"), {}).taken == 1
    assert bureau.pushed() == []


def test_of_a_restricted_case_only_its_recipient_is_told(bureau: Bureau) -> None:
    bureau.case(at(START), restricted=True, restricted_to=bureau.staff["recipient"], section_code=None)
    for moment in ("11-24T08:30", "11-25T08:30", "11-26T00:00", "12-02T08:30"):
        sweep(bureau.core, at(moment), DOORS)
    for step in ("yellow", "orange", "red", "notice"):
        assert told(bureau, step) == {"recipient"}
    assert {address for address, _ in bureau.pushed()} == {"tg-recipient"}


def test_somebody_away_is_stood_in_for_and_nobody_disabled_is_told(bureau: Bureau) -> None:
    bureau.case(at(START))
    with bureau.core.database.write() as session:
        session.get_one(Officer, bureau.staff["zhang"]).disabled = True
        away(session, bureau.staff["head"], bureau.staff["clerk"], at("12-01T00:00"))
    sweep(bureau.core, at("11-24T08:30"), DOORS)
    assert told(bureau, "yellow") == {"clerk"}


def test_the_claiming_officer_is_told_rather_than_the_whole_section(bureau: Bureau) -> None:
    with bureau.core.database.write() as session:
        colleague = session.get_one(Officer, bureau.staff["recipient"])
        colleague.section_code = bureau.get(Officer, bureau.staff["zhang"]).section_code
    bureau.case(at(START), officer_id=bureau.staff["zhang"])
    sweep(bureau.core, at("11-24T08:30"), DOORS)
    assert told(bureau, "yellow") == {"zhang", "head"}


def test_an_extension_is_warned_of_anew(bureau: Bureau) -> None:
    case_id = bureau.case(at(START))
    sweep(bureau.core, at("11-24T08:30"), DOORS)
    with bureau.core.database.write() as session:
        case = session.get_one(Case, case_id)
        clocks.extend(session, bureau.core, case, "RX-01", 2, at("11-24T10:00"), "需核实")
    assert bureau.get(Case, case_id).colour == ""
    for moment in ("11-25T08:30", "11-26T08:30", "11-28T00:00"):
        assert sweep(bureau.core, at(moment), DOORS).taken == 1
    assert [step for step, _ in bureau.steps()] == ["yellow", "yellow", "orange", "red"]


def test_an_answered_case_is_left_in_peace(bureau: Bureau) -> None:
    case_id = bureau.case(at(START))
    with bureau.core.database.write() as session:
        clocks.meet(session, bureau.core, session.get_one(Case, case_id), at("11-23T16:00"))
    assert sweep(bureau.core, at("12-30T09:00"), DOORS).taken == 0


def test_an_answer_takes_the_warnings_of_its_clocks_off_the_board(bureau: Bureau) -> None:
    case_id = bureau.case(at(START))
    sweep(bureau.core, at("11-24T08:30"), DOORS)
    with bureau.core.database.write() as session:
        clocks.meet(session, bureau.core, session.get_one(Case, case_id), at("11-24T16:00"))
    with bureau.core.database.read() as session:
        assert [alert.state for alert in bureau.all(session, Alert)] == ["acknowledged"]
    assert bureau.get(Case, case_id).colour == ""


def test_a_row_that_raises_is_pushed_an_hour_on_and_its_neighbours_are_served(bureau: Bureau) -> None:
    broken, sound = bureau.case(at(START)), bureau.case(at(START))
    with bureau.core.database.write() as session:
        session.execute(update(Clock).where(Clock.case_id == broken).values(rule="XX-99"))
    swept = sweep(bureau.core, at("11-24T08:30"), DOORS)
    assert (swept.taken, swept.failed) == (1, 1)
    assert bureau.clock(broken, "XX-99").next_alarm_at == at("11-24T09:30")
    assert bureau.clock(sound).next_step == "orange"
    assert sweep(bureau.core, at("11-24T08:31"), DOORS).failed == 0


def test_many_sweepers_at_once_take_each_step_once(bureau: Bureau) -> None:
    for _ in range(12):
        bureau.case(at(START))
    taken: list[int] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        taken.append(sweep(bureau.core, at("11-24T08:30"), DOORS).taken)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep(bureau.core, at("11-24T08:30") + timedelta(seconds=1), DOORS)
    assert bureau.steps() == [("yellow", "yellow")] * 12
    assert len(bureau.pushed()) == 24


def test_what_a_sweep_that_died_had_claimed_is_taken_a_few_minutes_later(bureau: Bureau) -> None:
    bureau.case(at(START))
    assert len(claim(bureau.core, at("11-24T08:30"))) == 1
    assert sweep(bureau.core, at("11-24T08:31"), DOORS).taken == 0
    assert sweep(bureau.core, at("11-24T08:30") + LEASE, DOORS).taken == 1
    assert bureau.steps() == [("yellow", "yellow")]


def test_a_step_whose_clock_was_changed_after_the_claim_is_not_taken(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = bureau.case(at(START))

    def claim_then_answer(core: Core, now: datetime, limit: int) -> list[tuple[int, int]]:
        claimed = claim(core, now, limit)
        with core.database.write() as session:
            clocks.meet(session, core, session.get_one(Case, case_id), now)
        return claimed

    monkeypatch.setattr("handlers.escalation.sweep.claim", claim_then_answer)
    assert sweep(bureau.core, at("11-24T08:30"), DOORS).taken == 0
    assert bureau.steps() == []


def test_the_steps_of_a_case_somebody_is_changing_wait_for_the_next_tick(bureau: Bureau) -> None:
    if bureau.core.database.is_sqlite:
        return  # one writer at a time: the sweep waits its turn
    held, free = bureau.case(at(START)), bureau.case(at(START))
    with bureau.core.database.write() as session:
        session.scalars(select(Case).where(Case.id == held).with_for_update()).one()
        assert sweep(bureau.core, at("11-24T08:30"), DOORS).taken == 1
    assert bureau.clock(free).next_step == "orange"
    assert sweep(bureau.core, at("11-24T08:31"), DOORS).taken == 1


@pytest.mark.parametrize("state", ["met", "stopped", "lapsed", "paused"])
def test_only_running_clocks_are_swept(bureau: Bureau, state: str) -> None:
    case_id = bureau.case(at(START))
    with bureau.core.database.write() as session:
        session.execute(update(Clock).where(Clock.case_id == case_id).values(state=state))
    assert sweep(bureau.core, at("11-24T08:30"), DOORS).taken == 0
