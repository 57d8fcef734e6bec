"""Writing the demo's past without waiting for the disk at every step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from handlers.records.database import Database


@contextmanager
def waiting_for_no_disk(database: Database) -> Iterator[None]:
    """On SQLite, let the disk catch up once at the end instead of at each of a thousand small transactions.

    A power cut in between loses a demo that has to be begun anew in any case. Afterwards every connection is a fresh
    one, as careful as ever.
    """
    if not database.is_sqlite:
        yield
        return
    database.dispose()
    event.listen(database.engine, "checkout", _without_waiting)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", _without_waiting)
        database.dispose()
        careful = database.engine.raw_connection()
        try:
            careful.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            careful.close()


def _without_waiting(connection: Any, _record: object, _proxy: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
