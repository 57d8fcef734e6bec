"""A session that only reads asks the same question once; one that writes asks each time; nothing read is kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from handlers.accounts import officers
from handlers.accounts.roles import Role
from handlers.core import Core
from handlers.records import Officer
from handlers.records.database import Database
from handlers.records.once import once


@pytest.fixture
def zhang(core: Core, now: datetime) -> int:
    """An officer that is there."""
    with core.database.write() as session:
        row, _ = officers.add(
            session, login="zhang", name="张敏", role=Role.OFFICER, section="welfare", sections={"welfare"}, now=now
        )
        return row.id


def test_a_reading_session_asks_once_and_a_writing_one_each_time(core: Core) -> None:
    asked: list[str] = []

    def ask() -> int:
        asked.append("asked")
        return len(asked)

    with core.database.read() as session:
        assert [once(session, "how many", ask), once(session, "how many", ask)] == [1, 1]
        assert once(session, "another", ask) == 2
    with core.database.read() as session:
        assert once(session, "how many", ask) == 3
    with core.database.write() as session:
        assert [once(session, "how many", ask), once(session, "how many", ask)] == [4, 5]


def test_a_long_walk_through_many_cases_keeps_the_last_answers_only(core: Core) -> None:
    with core.database.read() as session:
        for number in range(1000):
            once(session, number, lambda: "x" * 10)
        assert len(session.info["answers"]) == 200


def test_nothing_that_a_reading_session_changes_is_kept(core: Core, zhang: int) -> None:
    with core.database.read() as session:
        officer = session.get_one(Officer, zhang)
        officer.name = "改过的名字"
    assert officer.name == "改过的名字"  # what was loaded stays readable
    with core.database.read() as session:
        assert session.get_one(Officer, zhang).name == "张敏"


@pytest.mark.postgresql
def test_postgresql_keeps_statements_prepared_and_refuses_to_write_while_reading(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    for _ in range(8):
        with database.read() as session:
            session.scalar(select(Officer.name).where(Officer.id == 1))
    with database.read() as session:
        raw = session.connection().connection.driver_connection
        assert raw is not None and raw._prepared._names
        with pytest.raises(DBAPIError):
            session.execute(update(Officer).values(name="改过的名字"))
    database.dispose()
