"""A connection that has rested is asked whether it lives before it is used again."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from handlers.records import database as module
from handlers.records.database import Database


@pytest.mark.postgresql
def test_a_restarted_server_is_not_noticed_by_who_comes_later(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_RESTED_SECONDS", 0.0)
    database = Database(postgresql_url)
    with database.read() as session, database.read() as other:
        pids = [one.scalar(text("SELECT pg_backend_pid()")) for one in (session, other)]
    admin = create_engine(postgresql_url)
    with admin.connect() as connection:
        for pid in pids:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})
    admin.dispose()
    with database.read() as session, database.read() as other:
        now = [one.scalar(text("SELECT pg_backend_pid()")) for one in (session, other)]
    assert not {*pids} & {*now}
    database.dispose()
