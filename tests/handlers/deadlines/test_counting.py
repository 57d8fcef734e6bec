"""Due dates: counted by hand from the holiday notices, and by properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.deadlines.counting import Pause, add_months, due, merge_pauses
from handlers.deadlines.limits import Rule, load_limits
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import SHANGHAI, local_day
from handlers.errors import InvalidInput

CALENDAR, LIMITS = seed_calendar(), load_limits()
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 6, 30)).map(lambda at: at.replace(tzinfo=SHANGHAI))
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("code", "start", "legal", "safe"),
    [
        # 22 23 24 | 25-27 Mid-Autumn | 28 29 30 | 1-7 National Day | 8 9 10(Sat worked) | 12-16 | 19-23 | 26 = day 20
        ("GK-01", "2026-09-21T10:30", "2026-10-26", "2026-10-26"),
        # Friday 18 + 15 days = Saturday 3 October, a holiday: on to the 8th; the last working day before is the 30th
        ("XF-01", "2026-09-18T09:00", "2026-10-08", "2026-09-30"),
        # Sunday 20 September is worked: day 1 of a start on Saturday the 19th
        ("RX-01", "2026-09-19T12:00", "2026-09-21", "2026-09-21"),
        ("RX-01", "2026-09-24T16:00", "2026-09-29", "2026-09-29"),
        ("RX-01", "2026-09-30T23:59", "2026-10-09", "2026-10-09"),
        # 8 9 10(Sat) | 12 13 | 14 15 16 | 19 20
        ("RX-02", "2026-09-30T09:00", "2026-10-20", "2026-10-20"),
        # Spring Festival 2026: 15-23 February off, Saturdays 14 and 28 worked
        ("RX-01", "2026-02-13T10:00", "2026-02-24", "2026-02-24"),
        ("WX-01", "2026-02-12T10:00", "2026-02-26", "2026-02-26"),
        ("GK-01", "2026-02-02T10:00", "2026-03-06", "2026-03-06"),
        ("XF-01", "2026-02-03T10:00", "2026-02-24", "2026-02-14"),
        ("XF-05", "2026-08-05T10:00", "2026-10-08", "2026-09-30"),
        # months: same date, else the month's last day; then rolled
        ("WX-02", "2026-11-30T10:00", "2027-03-01", "2027-02-26"),
        ("JT-01a", "2025-11-29T10:00", "2026-02-28", "2026-02-28"),
        ("WX-02", "2023-11-30T10:00", "2024-02-29", "2024-02-29"),
        ("JT-01b", "2026-08-31T10:00", "2027-03-01", "2027-02-26"),
        # over the turn of the year: 1 January 2027 is a Friday
        ("RX-01", "2026-12-30T10:00", "2027-01-04", "2027-01-04"),
        ("GK-08", "2026-03-01T00:00", "2027-01-31", "2027-01-29"),
    ],
)
def test_due_dates_counted_by_hand(code: str, start: str, legal: str, safe: str) -> None:
    result = due(LIMITS.rule(code), at(start), CALENDAR)
    assert (result.legal_day.isoformat(), result.safe_day.isoformat()) == (legal, safe)


def test_the_limit_ends_at_midnight_and_the_safe_side_at_the_close_of_business() -> None:
    result = due(LIMITS.rule("XF-01"), at("2026-09-18T09:00"), CALENDAR)
    assert result.legal_due == at("2026-10-09T00:00")
    assert result.safe_due == at("2026-09-30T17:30")


def test_a_limit_that_ends_in_a_year_without_a_notice_is_provisional() -> None:
    assert due(LIMITS.rule("RX-01"), at("2026-12-30T10:00"), CALENDAR).provisional
    assert not due(LIMITS.rule("RX-01"), at("2026-12-28T10:00"), CALENDAR).provisional
    assert not due(LIMITS.rule("YQ-02"), at("2026-12-31T10:00"), CALENDAR).provisional


def test_the_day_is_the_one_in_shanghai_whatever_zone_the_start_was_written_in() -> None:
    evening_in_utc = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # Monday half past midnight in Shanghai
    assert due(LIMITS.rule("RX-01"), evening_in_utc, CALENDAR).legal_day == date(2026, 11, 25)


def test_a_pause_across_the_national_day_is_not_counted_and_the_extension_runs_from_the_old_last_day() -> None:
    pause = [(date(2026, 9, 24), date(2026, 10, 12))]
    # 22 23 | pause | 13-16 (3-6) 19-23 (7-11) 26-30 (12-16) 2-5 November (17-20)
    assert due(LIMITS.rule("GK-01"), at("2026-09-21T10:30"), CALENDAR, pauses=pause).legal_day == date(2026, 11, 5)
    extended = due(LIMITS.rule("GK-01"), at("2026-09-21T10:30"), CALENDAR, pauses=pause, extend=10)
    assert extended.legal_day == date(2026, 11, 19)


def test_an_extension_in_days_counts_from_the_unrolled_day() -> None:
    # XF-05 from 5 August ends on Sunday 4 October, rolled to the 8th; 30 days more count from the 4th: 3 November
    result = due(LIMITS.rule("XF-05"), at("2026-08-05T10:00"), CALENDAR, extend=30)
    assert result.legal_day == date(2026, 11, 3)


def test_hours_run_through_the_night_and_stop_on_paused_days() -> None:
    assert due(LIMITS.rule("YQ-02"), at("2026-10-01T22:00"), CALENDAR).legal_due == at("2026-10-03T22:00")
    paused = due(
        LIMITS.rule("YQ-02"), at("2026-10-01T22:00"), CALENDAR, pauses=[(date(2026, 10, 2), date(2026, 10, 2))]
    )
    assert paused.legal_due == at("2026-10-04T22:00")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-22T10:00", "2026-11-23T15:00"),  # Sunday: Monday morning's 3.5 hours and half an hour
        ("2026-11-23T09:14", "2026-11-23T15:44"),
        ("2026-11-23T16:00", "2026-11-24T11:00"),
        ("2026-11-23T18:30", "2026-11-24T15:00"),
        ("2026-11-23T13:00", "2026-11-24T09:30"),  # the lunch break does not count
        ("2026-09-24T17:00", "2026-09-28T12:00"),  # over Mid-Autumn; ends with the morning
        ("2026-11-23T11:00", "2026-11-23T17:30"),  # the close of business, not the next morning
        ("2026-02-13T17:30", "2026-02-14T15:00"),  # a Saturday that is worked
    ],
)
def test_triage_is_owed_within_four_working_hours(start: str, end: str) -> None:
    assert due(LIMITS.rule("NB-01"), at(start), CALENDAR).legal_due == at(end)


def test_what_cannot_be_counted_is_refused_in_words() -> None:
    rule = LIMITS.rule("GK-01")
    with pytest.raises(InvalidInput, match="时区"):
        due(rule, datetime(2026, 9, 21), CALENDAR)
    with pytest.raises(InvalidInput, match="早于开始日"):
        due(rule, at("2026-09-21T00:00"), CALENDAR, pauses=[(date(2026, 9, 30), date(2026, 9, 24))])
    with pytest.raises(InvalidInput, match="延长"):
        due(rule, at("2026-09-21T00:00"), CALENDAR, extend=-1)
    with pytest.raises(InvalidInput, match="固定日期"):
        due(LIMITS.rule("GK-08"), at("2026-09-21T00:00"), CALENDAR, extend=1)


PAUSES = st.lists(
    st.tuples(st.dates(date(2020, 1, 1), date(2026, 9, 1)), st.integers(0, 20)).map(
        lambda p: (p[0], p[0] + p[1] * DAY)
    ),
    max_size=3,
)
COUNTED = st.sampled_from([rule for rule in LIMITS.rules.values() if rule.unit in ("D", "WD")])


@given(COUNTED, STARTS, PAUSES, st.integers(0, 30))
def test_counting_agrees_with_looking_at_each_day(
    rule: Rule, start: datetime, pauses: list[Pause], extend: int
) -> None:
    day, n = local_day(start), 0
    while n < rule.length + extend:
        day += DAY
        paused = any(first <= day <= last for first, last in pauses)
        n += not paused and (rule.unit == "D" or CALENDAR.is_workday(day))
    legal, safe = day, day
    while not CALENDAR.is_workday(legal):
        legal += DAY
    while not CALENDAR.is_workday(safe):
        safe -= DAY
    result = due(rule, start, CALENDAR, pauses=pauses, extend=extend)
    assert (result.unrolled, result.legal_day, result.safe_day) == (day, legal, safe)


@given(st.sampled_from(list(LIMITS.rules.values())), STARTS)
def test_the_safe_side_never_lies_behind_the_legal_end(rule: Rule, start: datetime) -> None:
    result = due(rule, start, CALENDAR)
    assert start < result.legal_due
    assert result.safe_due <= result.legal_due
    assert result.legal_due.tzinfo is UTC


@given(STARTS, PAUSES)
def test_a_pause_never_brings_a_due_date_forward(start: datetime, pauses: list[Pause]) -> None:
    for code in ("XF-01", "GK-01", "WX-02", "YQ-02", "NB-01"):
        rule = LIMITS.rule(code)
        assert due(rule, start, CALENDAR, pauses=pauses).legal_due >= due(rule, start, CALENDAR).legal_due


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(1, 24))
def test_months_keep_the_date_or_end_with_the_month(day: date, months: int) -> None:
    result = add_months(day, months)
    assert (result.year * 12 + result.month) - (day.year * 12 + day.month) == months
    assert result.day == day.day or (result + DAY).day == 1


def test_overlapping_pauses_are_one() -> None:
    days = [date(2026, 9, n) for n in range(1, 10)]
    assert merge_pauses([(days[3], days[5]), (days[0], days[1]), (days[2], days[3])]) == ((days[0], days[5]),)
