"""Loading a notice: previewed, then written whole with every open clock counted anew; or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from handlers.casework.history import history
from handlers.deadlines import clocks
from handlers.deadlines.calendar_edit import Preview, load, preview, with_notice, years
from handlers.deadlines.calendar_store import CalendarStore, missing_year, seed_calendar_table, stored_days
from handlers.deadlines.limits import load_limits
from handlers.deadlines.notice import Notice, read_notice
from handlers.deadlines.recompute import Recount, recount, recount_open
from handlers.deadlines.seed import seed_days
from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import SHANGHAI
from handlers.errors import Conflict
from handlers.escalation.sweep import sweep
from handlers.records import Alert, Case, CaseEvent, Clock
from tests.handlers.deadlines.notices import NUMBER, TABLE
from tests.handlers.escalation.bureau import DOORS, Bureau


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


NOW = at("2026-11-23T09:14")


def notice(text: str = TABLE, year: int = 2027) -> Notice:
    return read_notice(text, year, NUMBER, NOW.date())


@pytest.fixture
def house(bureau: Bureau) -> Bureau:
    """The bureau over a calendar that lives in the tables."""
    with bureau.core.database.write() as session:
        seed_calendar_table(session)
    calendar = CalendarStore(bureau.core.database, fresh_seconds=3600)
    return Bureau(replace(bureau.core, calendar=calendar), bureau.staff)


def edit(house: Bureau, text: str = TABLE, now: datetime = NOW) -> Recount:
    loading = notice(text)
    return load(house.core, loading, preview(house.core, loading, now).seen, now, "officer:1")


def last_days(shown: Preview) -> list[tuple[str, str, str, int]]:
    return [(row.rule, row.before, row.after, row.clocks) for row in shown.moved]


def test_a_preview_names_the_days_and_the_due_dates_that_move_and_writes_nothing(house: Bureau) -> None:
    # The day after: 1 January is off by law, Monday the 4th is day 1; the notice changes nothing before February.
    house.case(at("2026-12-30T10:00"), ("RX-01",))
    # Provisional: 5 February–10 February off (two of them in lieu); the notice adds the 11th: a day later.
    for _ in range(2):
        house.case(at("2027-02-03T10:00"), ("RX-02",))
    shown = preview(house.core, notice(), NOW)
    assert last_days(shown) == [
        ("RX-01", "2027-01-04", "2027-01-04", 1),
        ("RX-02", "2027-02-23", "2027-02-23", 2),
    ]
    assert (shown.open_clocks, shown.clocks_moved, shown.clocks_confirmed) == (3, 0, 3)
    changed = {change.day: (change.before, change.after) for change in shown.days}
    assert changed[date(2027, 2, 11)] == ("工作日", "春节")
    assert changed[date(2027, 2, 20)] == ("周六", "周六调休上班")
    assert date(2027, 10, 1) not in changed
    with house.core.database.read() as session:
        assert stored_days(session) == seed_days()


def test_loading_moves_the_clocks_and_each_change_is_an_event_with_the_notices_number(house: Bureau) -> None:
    moved = house.case(at("2027-02-03T10:00"), ("RX-01",))
    fixed = house.case(at("2026-11-20T10:00"), ("RX-01",))
    assert house.get(Case, moved).next_due_at == at("2027-02-12T00:00")
    assert house.clock(moved).provisional
    assert edit(house) == Recount(clocks=2, moved=1)
    clock = house.clock(moved)
    # 4 February is day 1; 5–11 Spring Festival; Friday the 12th is day 2
    assert (clock.legal_due, clock.provisional) == (at("2027-02-13T00:00"), False)
    assert house.get(Case, moved).next_due_at == at("2027-02-13T00:00")
    assert (clock.next_step, clock.next_alarm_at) == ("yellow", at("2027-02-04T08:30"))
    assert house.actions(moved) == ["clock_started", "clock_recounted"]
    assert house.actions(fixed) == ["clock_started"]
    with house.core.database.read() as session:
        told = history(session, house.core.profile(), moved, NOW)[-1]
        event = session.scalars(select(CaseEvent).where(CaseEvent.action == "clock_recounted")).one()
    assert told.what == f"时限 RX-01 按{NUMBER}重新计算：由2月11日改为2月12日"
    assert (event.actor, event.data["why"]) == ("officer:1", NUMBER)


def test_the_year_is_no_longer_provisional_once_its_notice_is_loaded(house: Bureau) -> None:
    confirmed = house.case(at("2026-12-30T10:00"), ("RX-01",))
    assert missing_year(house.core.calendar(), NOW) == 2027
    edit(house)
    assert missing_year(house.core.calendar(), NOW) is None
    assert house.core.calendar().source(date(2027, 10, 1)) == NUMBER
    assert house.core.calendar().is_provisional(date(2028, 1, 1))
    assert not house.clock(confirmed).provisional
    with house.core.database.read() as session:
        told = history(session, house.core.profile(), confirmed, NOW)[-1]
        assert [(y.year, y.number, y.provisional) for y in years(session, NOW.date())][2] == (2027, NUMBER, False)
    assert told.what == f"时限 RX-01 按{NUMBER}确认为1月4日"


def test_an_edit_seen_before_another_one_is_refused_and_changes_nothing(house: Bureau) -> None:
    case_id = house.case(at("2027-02-03T10:00"), ("RX-01",))
    seen = preview(house.core, notice(), NOW).seen
    edit(house)
    before = house.clock(case_id).legal_due
    other = TABLE.replace("2027-02-20 班", "2027-02-21 班")
    with pytest.raises(Conflict, match="重新预览"):
        load(house.core, notice(other), seen, NOW)
    with house.core.database.read() as session:
        assert not WorkCalendar(stored_days(session)).is_workday(date(2027, 2, 21))
    assert house.clock(case_id).legal_due == before


def test_loading_again_changes_nothing_and_finishes_what_a_crash_left(house: Bureau) -> None:
    case_id = house.case(at("2027-02-03T10:00"), ("RX-01",))
    edit(house)
    assert edit(house) == Recount(clocks=1)
    with house.core.database.write() as session:
        session.get_one(Clock, house.clock(case_id).id).legal_due = at("2027-02-12T00:00")
    assert edit(house) == Recount(clocks=1, moved=1)
    assert recount_open(house.core, NOW) == 0


def test_a_corrected_notice_replaces_the_one_before_with_the_last_days_of_december(house: Bureau) -> None:
    early = TABLE + "\n2026-12-27 班\n2026-12-31 休 元旦"
    edit(house, early)
    assert house.core.calendar().is_workday(date(2026, 12, 27))
    assert not house.core.calendar().is_workday(date(2026, 12, 31))
    with house.core.database.read() as session:
        days = stored_days(session)
    # The notice of 2026 loaded again leaves what came with 2027's alone.
    own = [special for special in days if special.source == "国办发明电〔2025〕7号"]
    again = with_notice(days, Notice(2026, "国办发明电〔2025〕7号", tuple(own)))
    assert again == days
    edit(house, TABLE)
    assert not house.core.calendar().is_workday(date(2026, 12, 27))
    assert house.core.calendar().is_workday(date(2026, 12, 31))


def test_an_alarm_moves_with_the_working_days_before_it_although_the_due_date_stays(house: Bureau) -> None:
    # Due Thursday 18 February (day 15), two working days before: the 16th. The notice takes nothing there, but where
    # the 16th and 17th are off too, the warning comes on the 12th.
    case_id = house.case(at("2027-02-03T10:00"), ("XF-01",))
    assert house.clock(case_id, "XF-01").next_alarm_at == at("2027-02-16T08:30")
    longer = TABLE.replace("2027-02-11 休 春节", "2027-02-11 休 春节\n2027-02-16 休 加假\n2027-02-17 休 加假")
    assert edit(house, longer) == Recount(clocks=1, confirmed=1)
    assert house.clock(case_id, "XF-01").next_alarm_at == at("2027-02-12T08:30")


def test_pauses_extensions_and_outer_dates_are_kept(house: Bureau) -> None:
    case_id = house.case(at("2027-01-04T10:00"), ("GK-01", "RX-01"))
    with house.core.database.write() as session:
        case = session.get_one(Case, case_id)
        clocks.pause(session, house.core, case, "GK-01", at("2027-01-06T09:00"), "征求意见")
        clocks.resume(session, house.core, case, "GK-01", at("2027-01-08T09:00"), "已答复")
        clocks.extend(session, house.core, case, "GK-01", 10, at("2027-01-11T09:00"), "情况复杂")
        clocks.pause(session, house.core, case, "GK-01", at("2027-01-12T09:00"), "再征求意见")
    before = house.clock(case_id, "GK-01")
    edit(house, now=at("2027-01-12T10:00"))
    clock = house.clock(case_id, "GK-01")
    assert (clock.pauses, clock.extended_by, clock.state) == (before.pauses, 10, "paused")
    # 5 | pause 6–8 | 11–15 (2–6) 18–22 (7–11) 25–29 (12–16) 1–4 February (17–20) | 5–11 off | 12 (21) 15–19 (22–26)
    # Saturday 20 worked (27) | 22 23 24 (28–30)
    assert clock.legal_due == at("2027-02-25T00:00")
    assert clock.next_alarm_at is None and clock.next_step == ""
    assert house.get(Case, case_id).next_due_rule == "RX-01"


def test_ended_clocks_stay_as_they_were(house: Bureau) -> None:
    case_id = house.case(at("2027-02-03T10:00"), ("RX-01",))
    with house.core.database.write() as session:
        clocks.meet(session, house.core, session.get_one(Case, case_id), at("2027-02-04T10:00"))
    assert edit(house) == Recount()
    assert house.clock(case_id).legal_due == at("2027-02-12T00:00")


def test_a_limit_that_moves_is_warned_of_anew_and_the_old_warning_leaves_the_board(house: Bureau) -> None:
    case_id = house.case(at("2027-02-03T10:00"), ("RX-01",))
    assert sweep(house.core, at("2027-02-04T08:30"), DOORS).taken == 1
    edit(house, now=at("2027-02-04T09:00"))
    assert house.get(Case, case_id).colour == "yellow"
    for moment in ("2027-02-12T08:30", "2027-02-13T00:00"):
        assert sweep(house.core, at(moment), DOORS).taken == 1
    assert [step for step, _ in house.steps()] == ["yellow", "orange", "red"]
    with house.core.database.read() as session:
        assert [alert.state for alert in house.all(session, Alert)] == ["acknowledged", "open", "open"]


def test_a_clock_that_cannot_be_counted_harms_no_neighbour(house: Bureau) -> None:
    broken, sound = (house.case(at("2027-02-03T10:00"), ("RX-01",)) for _ in range(2))
    with house.core.database.write() as session:
        session.get_one(Clock, house.clock(broken).id).rule = "XX-99"
    assert preview(house.core, notice(), NOW).clocks_moved == 1
    assert edit(house) == Recount(clocks=2, moved=1, failed=1)
    assert house.clock(sound).legal_due == at("2027-02-13T00:00")
    assert house.clock(broken, "XX-99").legal_due == at("2027-02-12T00:00")


def test_a_recount_agrees_with_starting_every_rule_by_the_new_calendar(house: Bureau) -> None:
    codes = [rule.code for rule in load_limits().rules.values()]
    starts = [at(f"2027-{day}") for day in ("01-15T08:00", "02-04T16:59", "04-30T23:00", "09-24T11:11")]
    old = [house.case(start, codes) for start in starts]
    edit(house)
    new = [house.case(start, codes) for start in starts]
    for before, after in zip(old, new, strict=True):
        for code in codes:
            mine, fresh = house.clock(before, code), house.clock(after, code)
            for name in ("legal_due", "safe_due", "provisional", "next_alarm_at", "next_step"):
                assert getattr(mine, name) == getattr(fresh, name), (code, name)
        assert house.get(Case, before).next_due_at == house.get(Case, after).next_due_at


def test_many_cases_are_counted_in_batches(house: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.deadlines.open_clocks._BATCH", 3)
    cases = [house.case(at("2027-02-03T10:00"), ("RX-01",)) for _ in range(10)]
    assert edit(house).moved == 10
    assert {house.get(Case, case_id).next_due_at for case_id in cases} == {at("2027-02-13T00:00")}
    assert recount(house.core, house.core.calendar(), NOW).moved == 0
