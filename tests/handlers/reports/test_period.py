"""The month of the figures ends where the bureau cuts off; nothing falls between two months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.deadlines.worktime import end_of_day
from handlers.errors import InvalidInput
from handlers.reports.period import Month, month_of, parse_month


def test_by_default_a_month_is_the_calendars() -> None:
    february = Month(2024, 2)
    assert (february.first_day, february.last_day) == (date(2024, 2, 1), date(2024, 2, 29))


def test_a_month_that_ends_on_the_25th_begins_on_the_26th() -> None:
    november = Month(2026, 11, 25)
    assert (november.first_day, november.last_day) == (date(2026, 10, 26), date(2026, 11, 25))
    assert november.span == "10月26日至11月25日"
    assert Month(2026, 1, 25).first_day == date(2025, 12, 26)


def test_a_month_without_the_cut_off_day_ends_on_its_own_last() -> None:
    assert Month(2026, 2, 30).last_day == date(2026, 2, 28)
    assert Month(2026, 3, 30).first_day == date(2026, 3, 1)
    assert Month(2026, 4, 30).first_day == date(2026, 3, 31)


@given(day=st.dates(date(2020, 1, 1), date(2030, 1, 1)), ends_on=st.integers(1, 31))
def test_every_instant_belongs_to_exactly_one_month(day: date, ends_on: int) -> None:
    instant = end_of_day(day) - timedelta(microseconds=1)
    month = month_of(instant, ends_on)
    assert month.start <= instant < month.end
    assert month.end == month.before(-1).start and month.before().before(-1) == month


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-0", "1999-01", "2026-11-01", "二〇二六", "2026-11\n--"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_month(text, 31)


def test_a_month_is_read_as_it_is_written() -> None:
    assert parse_month(Month(2026, 3).code, 25) == Month(2026, 3, 25)
