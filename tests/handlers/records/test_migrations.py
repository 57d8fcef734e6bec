"""A database of the first release comes up to this one with its rows, and equals a fresh one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    inspect,
    select,
)

from handlers.deadlines.worktime import local_day
from handlers.records import Absence, Base, Case, Label, Officer, Reply, ReplyStep
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


def test_replies_in_the_middle_of_their_way_go_on_where_they_were(first_release: Database, now: datetime) -> None:
    """One being read by a head, one passed on to be issued, one written by the section's only head."""
    upgrade(first_release, "0013")
    with first_release.engine.begin() as connection:
        put = _writer(connection, now, "officer", "cases", "reply", "case_event")
        put("officer", id=3, login="he", name="何丽", role="head", section_code="welfare")
        for ident, state, drafter, reader in (
            (1, "in_review", 1, None),
            (2, "to_issue", 1, 3),
            (3, "in_review", 3, None),
        ):
            section = {"section_code": "welfare", "kind": "complaint", "track": "general"}
            put("cases", id=ident, number=f"20261123-000{ident}", state=state, **section)
            words = {"text": "拟好的答复", "purpose": "answer", "state": "in_review", "drafted_by": drafter}
            read = {"reviewed_by": reader, "reviewed_at": now if reader else None}
            put("reply", id=ident, case_id=ident, drafted_at=now, **words, **read)
        put("case_event", id=1, case_id=1, seq=1, actor="citizen", action="citizen_reopen")
    upgrade(first_release)
    with first_release.read() as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        assert [case.step for case in cases] == ["head", "office", "office"]
        assert [case.reopened_at for case in cases] == [now, None, None]
        replies = session.scalars(select(Reply).order_by(Reply.id)).all()
        assert [(reply.steps, reply.round, reply.position) for reply in replies] == [
            (["head"], 1, 0), (["head", "office"], 1, 1), (["office"], 1, 0),
        ]  # fmt: skip
        acts = session.scalars(select(ReplyStep).where(ReplyStep.reply_id == 2).order_by(ReplyStep.id)).all()
        assert [(act.action, act.officer_id, act.text) for act in acts] == [
            ("draft", 1, "拟好的答复"), ("approve", 3, "拟好的答复"),
        ]  # fmt: skip


def test_what_was_urgent_before_there_were_grades_goes_on_calling(first_release: Database, now: datetime) -> None:
    upgrade(first_release, "0016")
    with first_release.engine.begin() as connection:
        put = _writer(connection, now, "cases", "label", "message", "citizen")
        put("citizen", id=1)
        for ident, urgent in ((1, True), (2, False)):
            put("message", id=ident, external_id=str(ident), citizen_id=1)
            put("cases", id=ident, number=f"20261123-000{ident}", urgent=urgent)
            put("label", message_id=ident, urgent=urgent)
        put("label", message_id=2, urgent=None)
    upgrade(first_release)
    with first_release.read() as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        assert [(case.urgent, case.grade, case.calls) for case in cases] == [(True, "now", True), (False, "", False)]
        assert session.scalars(select(Label.grade).order_by(Label.id)).all() == ["now", "", ""]
        assert session.scalars(select(Case.id).where(Case.calls)).all() == [1]


def _writer(connection: Connection, now: datetime, *tables: str) -> Callable[..., None]:
    """Puts rows in ``tables`` as they are in the database; what must not be empty and is not given is made up."""
    meta = MetaData()
    meta.reflect(connection, only=tables)

    def put(table: str, **values: Any) -> None:
        columns = meta.tables[table].columns
        plain = {c.name: _plain(c, now) for c in columns if not (c.nullable or c.name == "id")}
        connection.execute(insert(meta.tables[table]), plain | values)

    return put


def _plain(column: Column[Any], now: datetime) -> Any:
    """Something that a column which must not be empty can hold."""
    kind = column.type
    if isinstance(kind, DateTime):
        return now
    if isinstance(kind, JSON):
        return []
    if isinstance(kind, LargeBinary):
        return b""
    return False if isinstance(kind, Boolean) else 1 if isinstance(kind, Integer) else ""


def test_an_upgraded_database_has_exactly_the_tables_of_this_release(first_release: Database) -> None:
    upgrade(first_release)
    with first_release.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options(connection.dialect.name))
        assert compare_metadata(context, Base.metadata) == []
