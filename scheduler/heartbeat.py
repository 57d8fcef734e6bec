"""Heartbeats: each job writes when it last ran, so that a scheduler that stands still is seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.records.heartbeat import Heartbeat
from scheduler.timetable import TIMETABLE, Job

#: A beat older than three ticks is stale.
TICKS: Final = 3
# Below this period a busy but healthy process (a slow vendor, a long sweep) would look dead.
_SHORTEST_PERIOD: Final = 20.0


def beat(session: Session, job: Job, process: str, now: datetime, error: str = "") -> None:
    """Write the heartbeat of ``job`` in ``process``; ``error`` is what the run raised, without personal data."""
    row = session.get(Heartbeat, (job.name, process))
    if row is None:
        row = Heartbeat(job=job.name, process=process, every=job.every, at=now)
        session.add(row)
    row.at, row.every, row.error = now, job.every, error[:300]


def stale_jobs(session: Session, now: datetime, timetable: Sequence[Job] = TIMETABLE) -> list[str]:
    """Return the names of jobs that no process has run within three of their periods.

    A daily job that has never run is not missed until the others have been running for three days.
    """
    newest = _newest(session)
    return [job.name for job in timetable if _stale(job, newest.get(job.name), now)]


def _newest(session: Session) -> dict[str, datetime]:
    newest = select(Heartbeat.job, func.max(Heartbeat.at)).group_by(Heartbeat.job)
    return {name: at for name, at in session.execute(newest)}  # noqa: C416 - rows are not plain tuples to mypy


def _stale(job: Job, at: datetime | None, now: datetime) -> bool:
    if at is None:
        return job.daily_at is None
    return now - at > timedelta(seconds=TICKS * max(job.every, _SHORTEST_PERIOD))


def heartbeat_fresh(session: Session, now: datetime, timetable: Sequence[Job] = TIMETABLE) -> bool:
    """Say whether every job of the timetable is alive in some process (for ``/readyz`` and the board)."""
    return not stale_jobs(session, now, timetable)


def forget_old(session: Session, now: datetime, after: timedelta = timedelta(days=7)) -> None:
    """Remove the heartbeats of processes that ended long ago."""
    for row in session.scalars(select(Heartbeat).where(Heartbeat.at < now - after)):
        session.delete(row)
