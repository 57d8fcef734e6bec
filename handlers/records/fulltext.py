"""The search index as the rest sees it: made and kept in the database's own way, written by case, asked for the newest.

Triggers write the marks, so that a change and its mark are one transaction whatever code made the change, and a case
that becomes restricted (or is deleted) leaves the index in that same transaction. Index and marks are derived from the
other tables: they stand in no migration, no backup and no comparison, and :func:`install` makes them anew where they
are missing. What the two databases are told differently: :mod:`handlers.records.fulltext_sql`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    DDL,
    Connection,
    MetaData,
    bindparam,
    column,
    delete,
    event,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from handlers.records.base import Base
from handlers.records.fulltext_parts import DUE, INDEX, OWN, All, blocks, trigger_names
from handlers.records.fulltext_sql import dialect_of


def is_ours(name: str | None, kind: str = "table", parents: Any = None) -> bool:
    """Whether Alembic is to compare this table: the index's own (and SQLite's shadows of it) it is not."""
    return kind != "table" or not (name or "").startswith((INDEX, DUE.name))


def install(connection: Connection) -> None:
    """Make what is missing of index, marks and triggers; a fresh index marks every case. Safe to call again."""
    if not inspect(connection).has_table("cases"):
        return
    fresh = not inspect(connection).has_table(INDEX)
    OWN.create_all(connection)
    for statement in dialect_of(connection).makes():
        _run(connection, statement)
    if fresh:
        _mark_every_case(connection)


def installed(connection: Connection) -> bool:
    """Whether index, marks and every trigger are there."""
    if not inspect(connection).has_table(INDEX):
        return False
    known = connection.scalar(text(dialect_of(connection).known_triggers))
    return int(known or 0) == len(trigger_names())


def set_aside(connection: Connection) -> None:
    """Drop the triggers: SQLite cannot rebuild a table that a trigger speaks of. :func:`install` brings them back."""
    tables, dialect = set(inspect(connection).get_table_names()), dialect_of(connection)
    for name, on in trigger_names():
        if on in tables:
            _run(connection, dialect.drops(name, on))


def clear(session: Session) -> None:
    """Empty the index and mark every case; the follow-up fills it again."""
    session.execute(text(f"DELETE FROM {INDEX}"))
    session.execute(delete(DUE))
    _mark_every_case(session.connection())


def only_one(session: Session) -> bool:
    """Whether this transaction may index: two at once could write an older state over a newer one."""
    return dialect_of(session).only_one(session)


def put(session: Session, rows: Sequence[tuple[int, Iterable[str]]]) -> None:
    """Write the rows (case id, tokens) of the index, each in the place of an older one."""
    if rows:
        values = [{"case_id": case_id, "words": " ".join([*words, *blocks(case_id)])} for case_id, words in rows]
        session.execute(text(dialect_of(session).put), values)


def drop(session: Session, case_ids: Sequence[int]) -> None:
    """Take cases out of the index at once."""
    if case_ids:
        gone = text(f"DELETE FROM {INDEX} WHERE {dialect_of(session).key} IN :ids")
        session.execute(gone.bindparams(bindparam("ids", expanding=True)), {"ids": list(case_ids)})


def tidy(session: Session) -> bool:
    """Have a part of the index rewritten, so that tokens of rows taken out are gone for good; True = more is left."""
    return dialect_of(session).tidy(session)


def newest(session: Session, wanted: All, low: int, high: int, limit: int) -> list[int]:
    """The highest case ids of ``low``–``high`` (inclusive, within one block) whose tokens fit, highest first."""
    return list(session.scalars(dialect_of(session).query(wanted, low, high).limit(limit)))


def _mark_every_case(connection: Connection) -> None:
    cases = table("cases", column("id"))
    connection.execute(insert(DUE).from_select(["case_id"], select(cases.c.id).order_by(cases.c.id)))


def _run(connection: Connection, statement: str) -> None:
    connection.execute(DDL(statement))  # type: ignore[no-untyped-call]


@event.listens_for(Base.metadata, "after_create")
def _with_the_tables(target: MetaData, connection: Connection, **_: Any) -> None:
    """Tables made without migrations (tests, tools) get their index, too."""
    install(connection)


@event.listens_for(Base.metadata, "before_drop")
def _before_the_tables(target: MetaData, connection: Connection, **_: Any) -> None:
    set_aside(connection)
    for name in (INDEX, DUE.name):
        _run(connection, f"DROP TABLE IF EXISTS {name}")
