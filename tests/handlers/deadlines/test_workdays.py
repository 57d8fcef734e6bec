"""The working-day calendar against what the State Council announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.deadlines.seed import NOTICES, PROVISIONAL_UNTIL, provisional_days, seed_calendar, seed_days
from handlers.deadlines.workdays import SpecialDay, WorkCalendar
from handlers.errors import CalendarFault

CALENDAR = seed_calendar()
DAYS = st.dates(date(2005, 1, 1), date(2039, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2026, 1, 1), date(2026, 1, 3), "元旦"),
        (date(2026, 2, 15), date(2026, 2, 23), "春节"),
        (date(2026, 4, 4), date(2026, 4, 6), "清明节"),
        (date(2026, 5, 1), date(2026, 5, 5), "劳动节"),
        (date(2026, 6, 19), date(2026, 6, 21), "端午节"),
        (date(2026, 9, 25), date(2026, 9, 27), "中秋节"),
        (date(2026, 10, 1), date(2026, 10, 7), "国庆节"),
    ],
)
def test_the_holidays_of_2026_are_those_of_the_notice(first: date, last: date, name: str) -> None:
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        assert not CALENDAR.is_workday(day)
        assert CALENDAR.why(day) == name
        assert CALENDAR.source(day) == "国办发明电〔2025〕7号"
    assert CALENDAR.why(first - timedelta(days=1)) != name
    assert CALENDAR.why(last + timedelta(days=1)) != name


@pytest.mark.parametrize("month_day", [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)])
def test_adjusted_weekends_of_2026_are_worked_and_say_so(month_day: tuple[int, int]) -> None:
    day = date(2026, *month_day)
    assert CALENDAR.is_workday(day)
    assert CALENDAR.why(day) in ("周六调休上班", "周日调休上班")


def test_plain_days_say_what_they_are() -> None:
    assert CALENDAR.why(date(2026, 11, 23)) == "工作日"
    assert CALENDAR.why(date(2026, 11, 22)) == "周日"


def test_every_official_year_since_2014_names_its_notice() -> None:
    years = {d.day.year for d in seed_days() if not d.provisional}
    assert years == set(range(2004, 2027))
    assert set(NOTICES) == set(range(2014, 2027))


def test_years_without_a_notice_are_provisional_and_know_the_statutory_holidays() -> None:
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert CALENDAR.is_provisional(date(2027, 1, 4))
    assert CALENDAR.why(date(2027, 1, 1)) == "元旦"
    assert not CALENDAR.is_workday(date(2027, 2, 8))  # Spring Festival
    assert not CALENDAR.is_workday(date(2027, 10, 1))
    assert CALENDAR.last == date(PROVISIONAL_UNTIL, 12, 31)


def test_no_adjusted_working_weekend_is_guessed_for_a_year_without_a_notice() -> None:
    assert not [d for d in provisional_days(2027, PROVISIONAL_UNTIL) if d.working]


def test_a_question_outside_the_loaded_years_is_refused_with_the_remedy() -> None:
    with pytest.raises(CalendarFault, match="2004 至 2040"):
        CALENDAR.is_workday(date(2041, 1, 1))
    with pytest.raises(CalendarFault, match="超出工作日历"):
        CALENDAR.add_workdays(date(2040, 12, 25), 50)


def test_a_day_given_twice_an_empty_table_and_a_missing_year_are_refused() -> None:
    new_year = SpecialDay(date(2026, 1, 1), working=False, name="元旦")
    with pytest.raises(CalendarFault, match="出现两次"):
        WorkCalendar([new_year, SpecialDay(date(2026, 1, 1), working=True, name="调休上班")])
    with pytest.raises(CalendarFault, match="空的"):
        WorkCalendar([])
    with pytest.raises(CalendarFault, match="缺少 2027 年"):
        WorkCalendar([new_year, SpecialDay(date(2028, 1, 1), working=False, name="元旦")])


@given(DAYS, st.integers(1, 60))
def test_counting_forward_and_back_agree_with_looking_at_each_day(day: date, n: int) -> None:
    after, seen = day, 0
    while seen < n:
        after += timedelta(days=1)
        seen += CALENDAR.is_workday(after)
    assert CALENDAR.add_workdays(day, n) == after
    assert CALENDAR.workdays_between(day + timedelta(days=1), after) == n
    before, seen = day, 0
    while seen < n:
        before -= timedelta(days=1)
        seen += CALENDAR.is_workday(before)
    assert CALENDAR.add_workdays(day, -n) == before


@given(DAYS)
def test_the_nearest_working_days_enclose_a_day_with_nothing_worked_between(day: date) -> None:
    following, last = CALENDAR.next_workday_on_or_after(day), CALENDAR.last_workday_on_or_before(day)
    assert last <= day <= following
    assert CALENDAR.is_workday(following)
    assert CALENDAR.is_workday(last)
    assert (last == day == following) == CALENDAR.is_workday(day)
    assert CALENDAR.workdays_between(last, following) == (1 if last == following else 2)


def test_working_day_zero_does_not_exist() -> None:
    with pytest.raises(ValueError, match="day 0"):
        CALENDAR.add_workdays(date(2026, 11, 23), 0)
