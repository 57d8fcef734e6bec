"""立即学习: a wish to train now is a row; one scheduler claims it, trains, and writes down what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Select, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from handlers.errors import Conflict
from handlers.learning.retrain import Train, retrain
from handlers.learning.store import LONGEST
from handlers.records import LearningRequest
from handlers.records.database import Database

_UNDER_WAY: Final = ("waiting", "running")
_log = structlog.get_logger(__name__)


def ask(session: Session, officer_id: int, now: datetime) -> LearningRequest:
    """Add the wish to train now. Raises :class:`Conflict` while an earlier one is waited for."""
    if session.scalars(_under_way().with_for_update()).first() is not None:
        raise Conflict("已经在等待或正在学习，完成后再按。")
    row = LearningRequest(state="waiting", asked_by=officer_id, asked_at=now)
    session.add(row)
    session.flush()
    return row


def latest(session: Session) -> LearningRequest | None:
    """Return the newest wish, whatever became of it."""
    return session.scalars(select(LearningRequest).order_by(LearningRequest.id.desc()).limit(1)).first()


def learn_asked(database: Database, folder: Path, clock: Callable[[], datetime], train: Train = retrain) -> str:
    """The frequent job: train when somebody asked for it; returns what was done in words ("" = nothing).

    Any number of processes may call this: the row is claimed by compare-and-set. What raises is recorded as failed and
    not tried again by itself.
    """
    _give_up_broken(database, clock())
    claimed = _claim(database, clock())
    if claimed is None:
        return ""
    try:
        done = train(database, folder, clock())
    except Conflict:  # the nightly training is under way: the wish waits for it
        _back_to_waiting(database, claimed)
        return ""
    except Exception as fault:
        _end(database, claimed, clock(), state="failed", error=type(fault).__name__)
        raise
    _end(database, claimed, clock(), state="done", promoted=done.promoted, model=done.name, verdict=done.verdict)
    return done.words


def _under_way() -> Select[tuple[LearningRequest]]:
    return select(LearningRequest).where(LearningRequest.state.in_(_UNDER_WAY)).order_by(LearningRequest.id)


def _claim(database: Database, now: datetime) -> int | None:
    with database.read() as session:  # nearly always nothing: no write lock for that
        waiting = session.scalar(select(LearningRequest.id).where(LearningRequest.state == "waiting").limit(1))
    if waiting is None:
        return None
    taken = (
        update(LearningRequest)
        .where(LearningRequest.id == waiting, LearningRequest.state == "waiting")
        .values(state="running", started_at=now)
    )
    with database.write() as session:
        found: CursorResult[Any] = session.execute(taken)  # type: ignore[assignment]
        return waiting if found.rowcount == 1 else None


def _give_up_broken(database: Database, now: datetime) -> None:
    broken = (LearningRequest.state == "running") & (LearningRequest.started_at < now - LONGEST)
    with database.read() as session:
        if session.scalar(select(LearningRequest.id).where(broken).limit(1)) is None:
            return
    with database.write() as session:
        session.execute(update(LearningRequest).where(broken).values(state="failed", ended_at=now, error="BrokenOff"))
    _log.warning("learning.broken_off")


def _back_to_waiting(database: Database, request_id: int) -> None:
    mine = (LearningRequest.id == request_id) & (LearningRequest.state == "running")
    with database.write() as session:
        session.execute(update(LearningRequest).where(mine).values(state="waiting", started_at=None))


def _end(database: Database, request_id: int, now: datetime, **found: Any) -> None:
    mine = (LearningRequest.id == request_id) & (LearningRequest.state == "running")
    with database.write() as session:
        session.execute(update(LearningRequest).where(mine).values(ended_at=now, **found))
