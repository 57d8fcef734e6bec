"""Inserting what is not there yet, on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def new_rows(
    session: Session, record: type[Any], key: tuple[str, ...], rows: list[dict[str, Any]]
) -> set[tuple[Any, ...]]:
    """Insert ``rows``, leaving out those whose primary key is there already; return the keys that are new."""
    if not rows:
        return set()
    table = record.__table__
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=list(key))
    found = session.execute(statement.returning(*(table.c[name] for name in key)), rows)
    return {tuple(row) for row in found}
