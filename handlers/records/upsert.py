"""Inserting rows that may be there already, spelt for the database at hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from handlers.records.base import Base


def insert_into(session: Session, table: type[Base] | Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``: both databases spell them so."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def new_rows(
    session: Session, record: type[Any], key: tuple[str, ...], rows: list[dict[str, Any]]
) -> set[tuple[Any, ...]]:
    """Insert ``rows``, leaving out those whose primary key is there already; return the keys that are new."""
    if not rows:
        return set()
    table = record.__table__
    statement = insert_into(session, table).on_conflict_do_nothing(index_elements=list(key))
    found = session.execute(statement.returning(*(table.c[name] for name in key)), rows)
    return {tuple(row) for row in found}
