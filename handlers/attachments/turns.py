"""Working through files one after another, in any number of processes: whose turn it is, and when to try again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from handlers.records import Attachment

#: A run begins no file after this, so that a slow vendor or scanner does not look like a standing scheduler.
LONGEST_RUN: Final = timedelta(seconds=20)
#: One process at a time works on a file; a longer absence lets another try.
LEASE: Final = timedelta(minutes=5)
_FIRST_WAIT: Final = timedelta(seconds=30)


def next_file(session: Session, due: Sequence[ColumnElement[bool]], at: Any) -> Attachment | None:
    """The due file whose instant ``at`` (a column) is the earliest and which nobody else holds, locked."""
    wanted = select(Attachment).where(*due).order_by(at, Attachment.id).limit(1)
    return session.scalars(wanted.with_for_update(skip_locked=True)).one_or_none()


def wait_after(tries: int, longest: timedelta) -> timedelta:
    """How long to wait after so many tries: 30 seconds, doubling."""
    doubled: timedelta = _FIRST_WAIT * 2 ** min(tries - 1, 12)
    return min(doubled, longest)
