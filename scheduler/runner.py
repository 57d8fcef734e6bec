"""Runs the timetable: APScheduler as a ticker; each run is logged, caught, and leaves a heartbeat."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from handlers.deadlines.worktime import SHANGHAI
from handlers.records.database import Database
from scheduler.heartbeat import beat, forget_old
from scheduler.timetable import TIMETABLE, Job, Jobs

_log = structlog.get_logger(__name__)

# A tick that comes late (a sleeping laptop, a long pause of the process) still runs: what is due is due, and work is
# claimed by rows, so that running late does no harm and running never would.
_MISFIRE_GRACE: Final = None
_BEAT_APART: Final = timedelta(seconds=10)


def process_name() -> str:
    """Return this process's name in heartbeats: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def utc_now() -> datetime:
    """Return the present instant: the one place of the scheduler that reads the clock."""
    return datetime.now(UTC)


class Runner:
    """One scheduler process. Any number may run beside each other: work is claimed by rows, never by who is running."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        *,
        timetable: Sequence[Job] = TIMETABLE,
        clock: Callable[[], datetime] = utc_now,
        process: str = "",
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._timetable = timetable
        self._clock = clock
        self._process = process or process_name()
        self._beaten: dict[str, tuple[datetime | None, str]] = {}
        self._ticker: BackgroundScheduler | None = None

    def start(self) -> None:
        """Start ticking in threads of this process; every job also runs at once, so that nothing waits for a day."""
        # Its warnings only say that a run outlasted its tick, which is no fault here: the next tick does the rest.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        ticker = BackgroundScheduler(
            timezone=SHANGHAI,
            executors={"default": ThreadPoolExecutor(len(self._timetable))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _MISFIRE_GRACE},
        )
        for job in self._timetable:
            ticker.add_job(
                self.run_once, _trigger(job), args=(job,), id=job.name, name=job.name, next_run_time=self._clock()
            )
        with self._database.write() as session:
            forget_old(session, self._clock())
        ticker.start()
        self._ticker = ticker
        _log.info("scheduler started", process=self._process, jobs=len(self._timetable))

    def stop(self, wait: bool = True) -> None:
        """Stop ticking; with ``wait``, after the runs that are under way have ended."""
        ticker, self._ticker = self._ticker, None
        if ticker is not None:
            ticker.shutdown(wait=wait)
            _log.info("scheduler stopped", process=self._process)

    def run_once(self, job: Job) -> bool:
        """Run one job now; return whether it ended well. Nothing it raises leaves here."""
        now, error = self._clock(), ""
        self._beat(job, now)
        try:
            done = job.run(self._jobs, now)
            if done:
                _log.info("job ran", job=job.name, done=str(done))
        except Exception as fault:
            error = type(fault).__name__  # its text may quote a message
            _log.exception("job failed; it runs again at its next tick", job=job.name)
        self._beat(job, self._clock(), error)
        return not error

    def _beat(self, job: Job, now: datetime, error: str | None = None) -> None:
        """Write a heartbeat before and after each run; frequent jobs not more often than the board needs it.

        ``error`` is ``None`` before a run: what the last one said stands until this one has ended.
        """
        last_at, last_error = self._beaten.get(job.name, (None, ""))
        said = last_error if error is None else error
        if last_at is not None and now - last_at < _BEAT_APART and said == last_error:
            return
        try:
            with self._database.write() as session:
                beat(session, job, self._process, now, said)
            self._beaten[job.name] = now, said
        except Exception:
            _log.exception("a heartbeat could not be written", job=job.name)


def _trigger(job: Job) -> BaseTrigger:
    if job.daily_at is not None:
        return CronTrigger(hour=job.daily_at.hour, minute=job.daily_at.minute, timezone=SHANGHAI)
    return IntervalTrigger(seconds=job.every, timezone=SHANGHAI)
