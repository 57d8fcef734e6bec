"""Cases as they were read, checked and corrected, written straight into the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from handlers.records import Case, Correction, Label, Message, Officer
from handlers.records.database import Database

Add = Callable[..., int]


@pytest.fixture
def add(database: Database, now: datetime) -> Add:
    """Add a case read ``days`` ago; ``fixed`` are labels a person set right. Returns the case's id."""
    serial = count(1)
    officer = officer_of(database, now)

    def adding(days: float = 0, fixed: dict[str, str] | None = None, case: Any = None, **said: Any) -> int:
        n, at, fixed = next(serial), now - timedelta(days=days), fixed or {}
        labels = {"kind": "consultation", "topic": "funeral", "sentiment": "neutral", "urgent": False} | said
        labels.setdefault("needs_person", False)
        sure = labels.pop("confidence", {"topic": 0.9})
        with database.write() as session:
            message = Message(
                channel="wechat", external_id=str(n), sender_id="u", kind="text", text=f"第 {n} 封信",
                sent_at=at, received_at=at, state="processed",
            )  # fmt: skip
            session.add(message)
            session.flush()
            now_is = {name: labels[name] for name in ("kind", "topic", "sentiment", "urgent")} | fixed
            row = Case(
                number=f"20261123-{n:04}", query_code="-", first_message_id=message.id, channel="wechat",
                source="wechat", state="assigned", opened_at=at, received_at=at, changed_at=at,
                labels_checked=bool(fixed), **(now_is | (case or {})),
            )  # fmt: skip
            session.add_all([row, Label(message_id=message.id, confidence=sure, model="m", at=at, **labels)])
            session.flush()
            for label, right in fixed.items():
                _correct(session, row, label, labels[label], right, officer, at)
            return row.id

    return adding


def _correct(session: Session, case: Case, label: str, said: Any, right: str, officer: int, at: datetime) -> None:
    session.add(
        Correction(case_id=case.id, message_id=case.first_message_id, label=label, said=said, right=right,
                   officer_id=officer, at=at)
    )  # fmt: skip


def officer_of(database: Database, now: datetime) -> int:
    """The id of an admin."""
    with database.write() as session:
        row = Officer(login="keeper", name="管理员", role="admin", password_hash="-", created_at=now)
        session.add(row)
        session.flush()
        return row.id
