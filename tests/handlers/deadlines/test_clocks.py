"""Clocks in the database: started, met, paused, extended, corrected; the case repeats the earliest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from handlers.deadlines import clocks
from handlers.deadlines.clocks import start_clocks
from handlers.deadlines.limits import load_limits
from handlers.deadlines.planning import clock_row
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import SHANGHAI
from handlers.errors import Conflict, InvalidInput
from handlers.escalation.ladder import Office
from handlers.records import Case, CaseEvent, Clock
from tests.handlers.escalation.bureau import PROFILE, Bureau

LIMITS = load_limits()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@contextmanager
def changing(bureau: Bureau, case_id: int) -> Iterator[tuple[Session, Case]]:
    """A write transaction with the case in hand."""
    with bureau.core.database.write() as session:
        yield session, session.get_one(Case, case_id)


def due_of(bureau: Bureau, case_id: int) -> tuple[str | None, datetime | None]:
    case: Case = bureau.get(Case, case_id)
    return case.next_due_rule, case.next_due_at


def test_rows_for_a_bulk_insert_are_complete(bureau: Bureau) -> None:
    rules = LIMITS.to_start("consultation", "wechat", "general")
    rows = start_clocks(rules, at("11-23T10:00"), calendar=bureau.core.calendar(), profile=bureau.core.profile())
    assert [row["rule"] for row in rows] == ["RX-01", "WX-01"]
    assert set(rows[0]) == {column.name for column in Clock.__table__.columns} - {"id", "case_id"}
    assert rows[0]["legal_due"] == at("11-26T00:00")
    assert rows[0]["safe_due"] == at("11-25T17:30")
    assert (rows[0]["next_step"], rows[0]["next_alarm_at"]) == ("yellow", at("11-24T08:30"))


def test_an_outer_platforms_earlier_date_is_kept_beside_ours_but_never_on_a_house_rule(bureau: Bureau) -> None:
    rules = [LIMITS.rule("RX-02"), LIMITS.rule("NB-01"), LIMITS.rule("RX-01")]
    rows = start_clocks(
        rules,
        at("11-23T09:00"),
        calendar=bureau.core.calendar(),
        profile=bureau.core.profile(),
        outer_due=at("11-27T17:00"),
    )
    assert [row["outer_due"] for row in rows] == [at("11-27T17:00"), None, None]
    assert rows[0]["legal_due"] == at("12-08T00:00")
    assert rows[0]["next_alarm_at"] == at("11-25T08:30")


@given(
    st.lists(st.datetimes(datetime(2026, 11, 16), datetime(2026, 11, 20)), min_size=2, max_size=6),
    st.sampled_from(["RX-01", "RX-02", "XF-01", "NB-01", "WX-02"]),
    st.booleans(),
)
def test_what_was_counted_for_the_day_is_what_would_be_counted_for_the_instant(
    starts: list[datetime], code: str, urgent: bool
) -> None:
    rule, calendar = LIMITS.rule(code), seed_calendar()
    fresh = Office(calendar, PROFILE.hours, PROFILE.quiet, PROFILE.ladder)
    for start in (naive.replace(tzinfo=SHANGHAI) for naive in starts):
        [row] = start_clocks([rule], start, calendar=calendar, profile=PROFILE, urgent=urgent)
        assert row == clock_row(rule, start, fresh, urgent=urgent)


def test_the_case_repeats_its_earliest_running_clock(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-23T10:00"), ("WX-01", "RX-01"))
    assert due_of(bureau, case_id) == ("RX-01", at("11-26T00:00"))
    assert bureau.get(Case, case_id).next_safe_due_at == at("11-25T17:30")


def test_a_delivered_answer_meets_the_general_clocks_but_not_a_written_act(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-23T10:00"), ("RX-01", "WX-01", "XF-01"))
    with changing(bureau, case_id) as (session, case):
        clocks.meet(session, bureau.core, case, at("11-24T15:00"), why="答复已送达")
    assert bureau.clock(case_id).state == "met"
    assert bureau.clock(case_id).met_at == at("11-24T15:00")
    assert bureau.clock(case_id).next_alarm_at is None
    assert due_of(bureau, case_id)[0] == "XF-01"
    with changing(bureau, case_id) as (session, case):
        clocks.meet(session, bureau.core, case, at("11-25T15:00"), ("XF-01",))
    assert due_of(bureau, case_id) == (None, None)
    assert bureau.actions(case_id) == ["clock_started"] * 3 + ["clock_met"] * 3


def test_a_corrected_kind_stops_the_wrong_rules_and_starts_the_right_ones_from_the_receipt(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-20T10:00"), ("RX-01", "WX-01"))
    with changing(bureau, case_id) as (session, case):
        case.kind = "complaint"
        stopped, started = clocks.apply_rules(session, bureau.core, case, at("11-23T10:00"), "改为投诉")
    assert {clock.rule for clock in stopped} == {"RX-01", "WX-01"}
    assert [(clock.rule, clock.started_at) for clock in started] == [("RX-03", at("11-20T10:00"))]
    assert due_of(bureau, case_id)[0] == "RX-03"


def test_a_correction_leaves_what_already_runs_alone_and_never_touches_the_triage_clock(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-23T10:00"), ("RX-01", "NB-01"))
    before = bureau.clock(case_id).id
    with changing(bureau, case_id) as (session, case):
        stopped, started = clocks.apply_rules(session, bureau.core, case, at("11-23T11:00"), "确认为咨询")
    assert (stopped, [clock.rule for clock in started]) == ([], ["WX-01"])
    assert bureau.clock(case_id).id == before
    assert bureau.clock(case_id, "NB-01").state == "running"


def test_a_change_of_track_changes_the_clocks(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-23T10:00"), ("RX-01",))
    with changing(bureau, case_id) as (session, case):
        case.track = "petition"
        clocks.apply_rules(session, bureau.core, case, at("11-24T10:00"), "来信人提出信访")
    assert due_of(bureau, case_id) == ("XF-01", at("12-09T00:00"))


def test_a_pause_takes_the_clock_out_of_the_queue_and_its_days_do_not_count(bureau: Bureau) -> None:
    case_id = bureau.case(at("09-21T10:30"), ("GK-01",))
    with changing(bureau, case_id) as (session, case):
        clocks.pause(session, bureau.core, case, "GK-01", at("09-24T09:00"), "征求第三方意见", "officer:1")
    assert due_of(bureau, case_id) == (None, None)
    assert bureau.clock(case_id, "GK-01").next_alarm_at is None
    with changing(bureau, case_id) as (session, case):
        clocks.resume(session, bureau.core, case, "GK-01", at("10-12T16:00"), "第三方已答复", "officer:1")
    clock = bureau.clock(case_id, "GK-01")
    assert clock.pauses == [["2026-09-24", "2026-10-12"]]
    assert clock.legal_due == at("11-06T00:00")
    assert due_of(bureau, case_id) == ("GK-01", at("11-06T00:00"))
    assert bureau.actions(case_id) == ["clock_started", "clock_paused", "clock_resumed"]


def test_only_what_the_rule_allows_can_be_paused_or_resumed(bureau: Bureau) -> None:
    case_id = bureau.case(at("09-21T10:30"), ("GK-01", "RX-01"))
    for refused in ("RX-01", "XF-01"):
        with pytest.raises(InvalidInput), changing(bureau, case_id) as (session, case):
            clocks.pause(session, bureau.core, case, refused, at("09-22T09:00"), "等")
    with pytest.raises(Conflict), changing(bureau, case_id) as (session, case):
        clocks.resume(session, bureau.core, case, "GK-01", at("09-22T09:00"), "等")
    assert bureau.actions(case_id) == ["clock_started"] * 2


def test_an_extension_counts_from_the_old_last_day_and_is_given_once(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-23T10:00"))
    with changing(bureau, case_id) as (session, case):
        clocks.extend(session, bureau.core, case, "RX-01", 2, at("11-25T16:00"), "需向旗县区核实", "officer:3")
    assert bureau.clock(case_id).legal_due == at("11-28T00:00")
    assert due_of(bureau, case_id) == ("RX-01", at("11-28T00:00"))
    with pytest.raises(Conflict, match="已经延长过"), changing(bureau, case_id) as (session, case):
        clocks.extend(session, bureau.core, case, "RX-01", 1, at("11-26T16:00"), "再延")


@pytest.mark.parametrize(
    ("rule", "units", "moment", "error"),
    [
        ("RX-01", 3, "11-24T10:00", InvalidInput),
        ("RX-01", 0, "11-24T10:00", InvalidInput),
        ("RX-01", 2, "11-26T00:00", Conflict),
        ("WX-01", 1, "11-24T10:00", InvalidInput),
        ("GK-01", 1, "11-24T10:00", InvalidInput),
    ],
)
def test_an_extension_outside_the_rule_is_refused_and_changes_nothing(
    bureau: Bureau, rule: str, units: int, moment: str, error: type[Exception]
) -> None:
    case_id = bureau.case(at("11-23T10:00"), ("RX-01", "WX-01"))
    with pytest.raises(error), changing(bureau, case_id) as (session, case):
        clocks.extend(session, bureau.core, case, rule, units, at(moment), "理由")
    assert bureau.clock(case_id).legal_due == at("11-26T00:00")
    assert bureau.actions(case_id) == ["clock_started"] * 2


def test_an_ended_case_has_no_clock_left(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-23T10:00"), ("RX-01", "WX-01"))
    with changing(bureau, case_id) as (session, case):
        clocks.lapse(session, bureau.core, case, "WX-01", at("11-23T12:00"), "未补正")
        clocks.stop(session, bureau.core, case, at("11-24T10:00"), "已并入另一件")
    assert bureau.clock(case_id).state == "stopped"
    assert bureau.clock(case_id, "WX-01").state == "lapsed"
    assert due_of(bureau, case_id) == (None, None)


def test_a_late_answer_is_recorded_as_late(bureau: Bureau) -> None:
    case_id = bureau.case(at("11-23T10:00"))
    with changing(bureau, case_id) as (session, case):
        clocks.meet(session, bureau.core, case, at("11-26T00:00") + timedelta(seconds=1))
        assert clocks.open_clocks(session, case_id) == []
    with changing(bureau, case_id) as (session, _case):
        events = [e for e in bureau.all(session, CaseEvent) if e.action == "clock_met"]
        assert events[0].data == {"rule": "RX-01", "due": "2026-11-25", "late": True}
