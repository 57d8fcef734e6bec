"""The calendar in the database: seeded once, read once, looked at again, missed when a year is not loaded."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete

from handlers.deadlines.calendar_store import CalendarStore, missing_year, seed_calendar_table, stored_days
from handlers.deadlines.seed import seed_calendar, seed_days
from handlers.deadlines.worktime import SHANGHAI
from handlers.records.calendar_day import CalendarDay
from handlers.records.database import Database


def seeded(database: Database) -> Database:
    with database.write() as session:
        seed_calendar_table(session)
    return database


def test_seeding_twice_adds_nothing(database: Database) -> None:
    with database.write() as session:
        assert seed_calendar_table(session) == len(seed_days())
    with database.write() as session:
        assert seed_calendar_table(session) == 0
        assert stored_days(session) == seed_days()


def test_a_year_edited_by_the_bureau_is_not_seeded_over(database: Database) -> None:
    with seeded(database).write() as session:
        session.get_one(CalendarDay, date(2026, 10, 10)).working = False
        session.execute(delete(CalendarDay).where(CalendarDay.day >= date(2030, 1, 1)))
    with database.write() as session:
        assert seed_calendar_table(session) > 0
        assert session.get_one(CalendarDay, date(2026, 10, 10)).working is False


def test_an_edit_is_seen_when_the_calendar_is_looked_at_again(database: Database) -> None:
    ticks = [0.0]
    store = CalendarStore(seeded(database), fresh_seconds=60, ticks=lambda: ticks[0])
    calendar = store()
    assert calendar.is_workday(date(2026, 10, 10))
    with database.write() as session:
        session.get_one(CalendarDay, date(2026, 10, 10)).working = False
    assert store() is calendar
    ticks[0] = 61.0
    assert not store().is_workday(date(2026, 10, 10))
    with database.write() as session:
        session.get_one(CalendarDay, date(2026, 10, 10)).working = True
    store.forget()
    assert store().is_workday(date(2026, 10, 10))


def test_an_unchanged_calendar_stays_the_same_object(database: Database) -> None:
    store = CalendarStore(seeded(database), fresh_seconds=0)
    assert store() is store()


def test_from_november_the_next_year_is_missed_until_its_notice_is_loaded() -> None:
    calendar = seed_calendar()
    assert missing_year(calendar, datetime(2026, 10, 31, 23, tzinfo=SHANGHAI)) is None
    assert missing_year(calendar, datetime(2026, 11, 1, 1, tzinfo=SHANGHAI)) == 2027
    assert missing_year(calendar, datetime(2025, 11, 22, tzinfo=SHANGHAI)) is None
    assert missing_year(calendar, datetime(2027, 2, 1, tzinfo=SHANGHAI)) == 2027
