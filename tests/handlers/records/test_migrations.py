"""A database of the first release comes up to this one with its rows, and equals a fresh one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, Table, insert, inspect, select

from handlers.deadlines.worktime import local_day
from handlers.records import Absence, Base, Officer
from handlers.records.compared import options
from handlers.records.database import Database
from handlers.records.migrate import current_revision, upgrade, wanted_revision


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def first_release(request: pytest.FixtureRequest, now: datetime) -> Iterator[Database]:
    """A database as the first release left it, with a row."""
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    try:
        yield _as_first_released(database, now)
    finally:
        database.dispose()


def _as_first_released(database: Database, now: datetime) -> Database:
    with database.engine.begin() as connection:
        Base.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
    upgrade(database, "0001")
    officer = {"login": "li", "name": "李强", "role": "officer", "password_hash": "-", "created_at": now}
    with database.engine.begin() as connection:
        # As that release wrote them: the columns are not those of today's record.
        rest = {"receives_reports": False, "addresses": {}, "must_change_password": False, "disabled": False,
                "failures": 0}  # fmt: skip
        table = Table("officer", MetaData(), autoload_with=connection)
        connection.execute(insert(table), {**officer, **rest})
        away = {"login": "wang", "away_until": now + timedelta(days=3), "stand_in_id": 1}
        connection.execute(insert(table), {**officer, **rest, **away})
    return database


def test_an_upgrade_keeps_the_rows_and_adds_what_is_new(first_release: Database, now: datetime) -> None:
    assert not inspect(first_release.engine).has_table("document")
    upgrade(first_release)
    assert current_revision(first_release) == wanted_revision()
    with first_release.read() as session:
        assert session.scalars(select(Officer.name).order_by(Officer.id)).all() == ["李强", "李强"]
        moved = session.scalars(select(Absence)).one()
        assert (moved.officer_id, moved.stand_in_id, moved.last_day) == (2, 1, local_day(now + timedelta(days=3)))


def test_an_upgraded_database_has_exactly_the_tables_of_this_release(first_release: Database) -> None:
    upgrade(first_release)
    with first_release.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options(connection.dialect.name))
        assert compare_metadata(context, Base.metadata) == []
