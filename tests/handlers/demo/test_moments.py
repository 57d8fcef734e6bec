"""Whenever the demo is started, its past is in order: after each message, before now, by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import SHANGHAI, local_day
from handlers.demo.fates import steps
from handlers.demo.moments import REGISTERED, Moments
from handlers.demo.samples import samples
from handlers.organisation.load import shipped

HOURS = shipped("hohhot-2018").hours
STARTS = [
    datetime(2026, month, day, hour, 7, tzinfo=UTC)
    for month in (2, 6, 10, 11)
    for day in (3, 8, 21)
    for hour in (1, 9, 19)
]


@pytest.mark.parametrize("now", STARTS, ids=str)
def test_every_step_comes_after_the_one_before_and_lies_in_the_past(now: datetime, work_calendar: WorkCalendar) -> None:
    moments = Moments(work_calendar, HOURS, now)
    for sample in samples():
        came = moments.received(sample)
        instants = [came, *(at for at, _ in steps(sample, came, moments, now)), now]
        assert instants == sorted(set(instants)), sample.id


def test_staff_act_in_office_hours_when_there_is_time_for_that(work_calendar: WorkCalendar, now: datetime) -> None:
    moments = Moments(work_calendar, HOURS, now)
    saturday = datetime(2026, 11, 14, 6, 20, tzinfo=UTC)
    local = moments.office(saturday).astimezone(SHANGHAI)
    assert (local.date().isoformat(), local.strftime("%H:%M")) == ("2026-11-16", "08:50")
    noon = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
    assert moments.office(noon).astimezone(SHANGHAI).strftime("%H:%M") == "14:30"


def test_what_cannot_wait_for_the_office_is_done_by_whoever_is_on_duty(
    work_calendar: WorkCalendar, now: datetime
) -> None:
    before_opening = now - timedelta(hours=1)
    assert Moments(work_calendar, HOURS, now - timedelta(minutes=50)).office(before_opening) == before_opening


def test_letters_and_calls_are_registered_on_working_days(work_calendar: WorkCalendar, now: datetime) -> None:
    moments = Moments(work_calendar, HOURS, now)
    registered = [sample for sample in samples() if sample.channel in REGISTERED and not sample.urgent]
    assert all(work_calendar.is_workday(local_day(moments.received(sample))) for sample in registered)
