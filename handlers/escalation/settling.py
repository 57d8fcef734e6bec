"""Closing alerts whose occasion is gone: the clock was met, the text arrived, the messages were read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, update
from sqlalchemy.orm import Session

from handlers.records.alert import Alert


def settle(session: Session, now: datetime, *which: ColumnElement[bool], by: int | None = None) -> int:
    """Close the open alerts that ``which`` selects; return how many. ``by``: the officer who dealt with it."""
    closed: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Alert)
        .where(Alert.state == "open", *which)
        .values(state="acknowledged", acknowledged_at=now, acknowledged_by=by, next_at=None)
        .execution_options(synchronize_session=False)
    )
    return closed.rowcount
