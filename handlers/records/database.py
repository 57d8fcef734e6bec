"""The database: one address, two kinds of transaction, the same behaviour on SQLite and PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from handlers.records.once import READS_ONLY

_WRITE: Final = "huiying_write"
_RESTED_SECONDS: Final = 1.0
#: Pages that are made at a time in one process. More threads than that would only wait for one another.
PAGES_AT_ONCE: Final = 16
#: A page holds three connections at most: one that gathers, one for the menu's figures, one that writes the look. With
#: fewer for all of them, pages that hold one could wait for each other's second.
_CONNECTIONS: Final = 3 * PAGES_AT_ONCE
#: Connections that stay open between requests.
_POOL: Final = 20
#: What each of SQLite's connections keeps of the file by itself; the system keeps the rest for all of them together.
_CACHE_KIB: Final = 16 * 1024
#: Statements that a connection keeps prepared: the pages ask some hundreds of different ones.
_PREPARED: Final = 600


class Database:
    """Hands out sessions. ``read()`` never commits; ``write()`` commits at the end or undoes everything.

    On SQLite a write begins with ``BEGIN IMMEDIATE``, so that two writers queue instead of failing half-way.
    """

    def __init__(self, url: str, *, wait_seconds: float = 10.0) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite(wait_seconds) if self.is_sqlite else self._postgresql(wait_seconds)
        reading = self.engine if self.is_sqlite else self.engine.execution_options(postgresql_readonly=True)
        self._reader = sessionmaker(reading, expire_on_commit=False, info={READS_ONLY: True})
        self._writer = sessionmaker(self.engine.execution_options(**{_WRITE: True}), expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading: nothing it changes is kept. What was loaded stays readable afterwards.

        PostgreSQL is told so, and the transaction ends with a COMMIT: at each ROLLBACK psycopg forgets the statements
        that it has prepared, and planning them anew cost more than answering them.
        """
        with self._reader() as session:
            yield session
            if not self.is_sqlite:
                session.expunge_all()
                session.commit()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session for one short transaction; commits when the block ends well."""
        with self._writer() as session, session.begin():
            yield session

    def ping(self) -> None:
        """Raise SQLAlchemy's error when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _sqlite(self, wait_seconds: float) -> Engine:
        if self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args={"timeout": wait_seconds, "check_same_thread": False},
            pool_size=_POOL,
            max_overflow=_CONNECTIONS - _POOL,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgresql(self, wait_seconds: float) -> Engine:
        wait_ms = int(wait_seconds * 1000)
        engine = create_engine(
            self.url,
            hide_parameters=True,  # an error's text must not carry the citizen's words
            pool_size=_POOL,
            max_overflow=_CONNECTIONS - _POOL,
            pool_timeout=wait_seconds,
            connect_args={
                "connect_timeout": 3,
                "options": f"-c lock_timeout={wait_ms} -c timezone=UTC -c client_encoding=UTF8",
            },
        )
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_ping_rested, engine.dialect))
        return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"cache_size=-{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.prepared_max = _PREPARED


def _note_rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _ping_rested(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Ask a connection that has rested whether it still lives; asking every time would double what a page waits for.

    Where it does not, the server was restarted: every other one in the pool is given up with it.
    """
    rests_since = record.info.get("rests_since")
    if rests_since is None or time.monotonic() - rests_since < _RESTED_SECONDS:
        return
    try:
        alive = dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        alive = False
    if not alive:
        raise InvalidatePoolError


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
