"""Queueing: in the writer's transaction, bound by hash, once per key."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from sqlalchemy import func, insert, select

from handlers.delivery.outbox import queue, queue_row
from handlers.records import Delivery
from handlers.records.database import Database

TEXT = "低保申请要带户口簿。😀"


def _queue(session: object, now: datetime, **more: object) -> Delivery:
    return queue(
        session, purpose="notice", case_id=None, channel="wechat", account="a", recipient="o1", text=TEXT, now=now,
        **more,
    )  # type: ignore[arg-type]  # fmt: skip


def test_the_hash_is_of_the_text_in_utf8(database: Database, now: datetime) -> None:
    with database.write() as session:
        assert _queue(session, now).sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


def test_what_its_cause_undoes_was_never_queued(database: Database, now: datetime) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        _queue(session, now)
        raise RuntimeError
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_a_key_that_is_queued_already_gives_the_row_queued_then(database: Database, now: datetime) -> None:
    with database.write() as session:
        first = _queue(session, now, dedup_key="reply:7").id
    with database.write() as session:
        assert _queue(session, now, dedup_key="reply:7").id == first


def test_a_row_for_a_bulk_insert_is_complete(database: Database, now: datetime) -> None:
    row = queue_row(purpose="receipt", case_id=None, channel="wechat", account="a", recipient="o1", text=TEXT, now=now)
    with database.write() as session:
        session.execute(insert(Delivery), [row, row])
        assert session.scalars(select(Delivery.state)).all() == ["pending", "pending"]
    assert set(row) == {column.name for column in Delivery.__table__.columns} - {"id"}
