"""Reading every row of a database in one snapshot, in one order, as canonical lines with their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select

from handlers.backup.shape import Shape, shapes
from handlers.records.database import Database

_FETCH = 1000


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a table has, and the SHA-256 over their canonical lines."""

    rows: int
    sha256: str


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees the database as it stands at this moment, while others go on writing."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            yield connection
        finally:
            connection.rollback()


def lines(connection: Connection, shape: Shape) -> Iterator[bytes]:
    """Every row of a table as a canonical line, ordered by its key, never more than a few in memory."""
    streaming = _ordered(connection, shape).execution_options(stream_results=True, yield_per=_FETCH)
    for row in connection.execute(streaming):
        yield shape.line(row)


def count(connection: Connection, shape: Shape) -> int:
    """How many rows a table has."""
    return connection.scalar(select(func.count()).select_from(shape.table())) or 0


def digest(connection: Connection, shape: Shape) -> Digest:
    """Count and hash one table."""
    rows, seen = 0, hashlib.sha256()
    for line in lines(connection, shape):
        rows += 1
        seen.update(line)
    return Digest(rows, seen.hexdigest())


def digests(database: Database) -> dict[str, Digest]:
    """Count and hash every table, in one snapshot."""
    with snapshot(database) as connection:
        return {shape.name: digest(connection, shape) for shape in shapes()}


def _ordered(connection: Connection, shape: Shape) -> Select[tuple[object, ...]]:
    table = shape.table()
    kinds = dict(shape.columns)
    # A database's own collation would order texts differently on each machine; bytes order the same everywhere.
    binary = "BINARY" if connection.dialect.name == "sqlite" else "C"
    key = [table.c[name].collate(binary) if kinds[name] == "text" else table.c[name] for name in shape.key]
    return select(*(table.c[name] for name, _ in shape.columns)).order_by(*key)
