"""The ladder of warnings: when each step of a clock is taken, and when people are disturbed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.deadlines.counting import due
from handlers.deadlines.limits import Rule, load_limits
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import SHANGHAI, local_day
from handlers.escalation.ladder import Alarm, Office, climb, colour_at, prevailing, upcoming
from handlers.escalation.quiet import is_quiet, loud_from
from handlers.organisation.load import shipped
from handlers.organisation.profile import QuietHours, WorkingHours

LIMITS, PROFILE = load_limits(), shipped("hohhot-2018")
OFFICE = Office(seed_calendar(), PROFILE.hours, PROFILE.quiet, PROFILE.ladder)
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 9, 30)).map(lambda at: at.replace(tzinfo=SHANGHAI))
EARLY = Office(seed_calendar(), WorkingHours(morning_start=time(7, 30)), QuietHours(), PROFILE.ladder)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def alarms(
    code: str, start: str, *, urgent: bool = False, office: Office = OFFICE, extend: int = 0
) -> tuple[Alarm, ...]:
    rule = LIMITS.rule(code)
    result = due(rule, at(start), office.calendar, office.hours, extend=extend)
    return climb(rule, result, at(start), office, urgent=urgent, extend=extend)


def times(taken: tuple[Alarm, ...]) -> dict[str, str]:
    return {alarm.step: alarm.at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") for alarm in taken}


def test_a_limit_of_two_working_days_warns_yellow_on_day_one_and_orange_on_day_two() -> None:
    assert times(alarms("RX-01", "11-23T10:00")) == {
        "yellow": "11-24 08:30",
        "orange": "11-25 08:30",
        "red": "11-26 00:00",
        "notice": "12-02 08:30",
    }


def test_a_limit_of_one_working_day_warns_once_in_the_stronger_colour() -> None:
    assert times(alarms("NB-02", "11-23T10:00")) == {
        "orange": "11-24 08:30",
        "red": "11-25 00:00",
        "notice": "12-01 08:30",
    }


def test_a_limit_that_ends_after_a_holiday_is_warned_of_before_it() -> None:
    # XF-01 from 18 September: safe 30 September, legal 8 October; 5 after it: 9, 10 (Saturday, worked), 12, 13, 14
    assert times(alarms("XF-01", "09-18T10:00")) == {
        "yellow": "09-28 08:30",
        "orange": "09-29 08:30",
        "red": "10-09 00:00",
        "notice": "10-14 08:30",
    }


def test_warnings_count_working_days_over_a_holiday() -> None:
    # RX-02 from 30 September ends on 20 October; 2 and 1 working days before are 16 and 19 October
    assert times(alarms("RX-02", "09-30T10:00"))["yellow"] == "10-16 08:30"
    # WX-01 from 24 September: 28 29 30 8 9: 2 working days before the 9th is 30 September
    assert times(alarms("WX-01", "09-24T10:00"))["yellow"] == "09-30 08:30"


def test_red_shows_at_once_and_is_sent_when_the_quiet_hours_are_over() -> None:
    red = next(alarm for alarm in alarms("RX-01", "11-25T10:00") if alarm.step == "red")
    assert red.at == at("11-28T00:00")  # Saturday
    assert red.send_at == at("11-30T08:00")


def test_an_urgent_case_keeps_no_quiet_hours() -> None:
    red = next(alarm for alarm in alarms("RX-01", "11-25T10:00", urgent=True) if alarm.step == "red")
    assert red.send_at == red.at


def test_a_warning_that_would_fall_into_quiet_time_is_sent_in_the_last_working_hour_before() -> None:
    # business starts at 7:30, still in the quiet hours: the warning of Thursday goes out on Wednesday at 16:30
    assert times(alarms("RX-02", "11-16T10:00", office=EARLY))["yellow"] == "11-25 16:30"


def test_limits_in_hours_warn_by_the_share_of_time_that_is_gone() -> None:
    assert times(alarms("YQ-02", "11-21T10:00")) == {
        "yellow": "11-22 10:00",
        "orange": "11-23 00:24",
        "red": "11-23 10:00",
    }
    assert times(alarms("NB-01", "11-22T10:00")) == {
        "yellow": "11-23 10:30",
        "orange": "11-23 11:42",
        "red": "11-23 15:00",
    }


def test_an_extended_limit_climbs_its_ladder_again_towards_the_new_date() -> None:
    assert times(alarms("RX-01", "11-23T10:00", extend=2)) == {
        "yellow": "11-25 08:30",
        "orange": "11-26 08:30",
        "red": "11-28 00:00",
        "notice": "12-04 08:30",
    }


def test_an_outer_platforms_earlier_date_prevails() -> None:
    rule = LIMITS.rule("RX-03")
    own = due(rule, at("11-23T10:00"), OFFICE.calendar)
    outer = prevailing(own, at("11-28T00:00"), OFFICE)
    assert (outer.legal_due, outer.safe_due) == (at("11-28T00:00"), at("11-27T17:30"))
    assert times(climb(rule, outer, at("11-23T10:00"), OFFICE))["yellow"] == "11-25 08:30"
    assert prevailing(own, own.legal_due + timedelta(days=1), OFFICE) == own
    assert prevailing(own, None, OFFICE) == own


def test_an_outer_date_on_a_rest_day_is_warned_of_before_the_rest() -> None:
    own = due(LIMITS.rule("RX-03"), at("11-23T10:00"), OFFICE.calendar)
    assert prevailing(own, at("11-29T12:00"), OFFICE).safe_due == at("11-27T17:30")


def test_the_queue_takes_its_colour_from_the_last_step_passed() -> None:
    ladder = alarms("RX-01", "11-23T10:00")
    seen = {text: colour_at(ladder, at(text)) for text in ("11-23T11:00", "11-24T09:00", "11-25T09:00", "11-26T00:00")}
    assert seen == {"11-23T11:00": "", "11-24T09:00": "yellow", "11-25T09:00": "orange", "11-26T00:00": "red"}
    assert colour_at(ladder, at("12-20T00:00")) == "red"


def test_a_warning_overtaken_by_a_later_step_is_left_out_but_a_miss_never_is() -> None:
    ladder = alarms("RX-01", "11-23T10:00")

    def steps(now: str) -> list[str]:
        taken, after = [], ""
        while (alarm := upcoming(ladder, at(now), after)) and alarm.at <= at(now):
            taken.append(alarm.step)
            after = alarm.step
        return taken

    assert steps("11-23T11:00") == []
    assert steps("11-24T09:00") == ["yellow"]
    assert steps("11-25T09:00") == ["orange"]
    assert steps("11-26T09:00") == ["red"]
    assert steps("12-20T09:00") == ["red", "notice"]


@pytest.mark.parametrize(
    ("moment", "quiet", "loud"),
    [
        ("11-23T09:00", False, "11-23T09:00"),
        ("11-23T07:59", True, "11-23T08:00"),
        ("11-23T22:00", True, "11-24T08:00"),
        ("11-27T23:00", True, "11-30T08:00"),
        ("11-28T12:00", True, "11-30T08:00"),
        ("10-10T12:00", False, "10-10T12:00"),  # a Saturday that is worked
        ("10-01T00:00", True, "10-08T08:00"),
    ],
)
def test_nights_and_rest_days_are_quiet(moment: str, quiet: bool, loud: str) -> None:
    assert is_quiet(at(moment), OFFICE.calendar, OFFICE.quiet) is quiet
    assert loud_from(at(moment), OFFICE.calendar, OFFICE.quiet) == at(loud)


def test_quiet_hours_within_one_day_work_as_well() -> None:
    siesta = QuietHours(start=time(12), end=time(14))
    assert loud_from(at("11-23T13:00"), OFFICE.calendar, siesta) == at("11-23T14:00")
    assert loud_from(at("11-28T13:00"), OFFICE.calendar, siesta) == at("11-30T00:00")


DAILY = st.sampled_from([rule for rule in LIMITS.rules.values() if rule.unit in ("D", "WD", "M")])


@given(DAILY, STARTS)
def test_every_ladder_rises_and_disturbs_nobody_in_quiet_time(rule: Rule, start: datetime) -> None:
    ladder = climb(rule, due(rule, start, OFFICE.calendar), start, OFFICE)
    assert [a.step for a in ladder] in (
        ["yellow", "orange", "red", "notice"],
        ["orange", "red", "notice"],
    )
    assert [a.at for a in ladder] == sorted(a.at for a in ladder)
    mornings = [local_day(a.at) for a in ladder if a.warns]
    assert len(set(mornings)) == len(mornings)
    assert all(a.at > start for a in ladder)
    assert not any(is_quiet(a.send_at, OFFICE.calendar, OFFICE.quiet) for a in ladder)
    assert all(a.at < due(rule, start, OFFICE.calendar).safe_due for a in ladder if a.warns)


@given(st.sampled_from([rule for rule in LIMITS.rules.values() if rule.in_hours]), STARTS)
def test_a_ladder_in_hours_rises_within_the_limit(rule: Rule, start: datetime) -> None:
    result = due(rule, start, OFFICE.calendar)
    ladder = climb(rule, result, start, OFFICE)
    assert [a.step for a in ladder] == ["yellow", "orange", "red"]
    assert start < ladder[0].at < ladder[1].at < ladder[2].at == result.legal_due


@given(st.dates(date(2020, 1, 1), date(2026, 11, 1)), st.times())
def test_the_moment_after_quiet_time_is_never_quiet_nor_earlier(day: date, clock: time) -> None:
    moment = datetime.combine(day, clock, SHANGHAI)
    loud = loud_from(moment, OFFICE.calendar, OFFICE.quiet)
    assert loud >= moment
    assert not is_quiet(loud, OFFICE.calendar, OFFICE.quiet)
