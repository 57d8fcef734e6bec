"""The runner: every job runs, what it raises is caught, and a heartbeat says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.records.database import Database
from handlers.records.heartbeat import Heartbeat
from scheduler.heartbeat import heartbeat_fresh, stale_jobs
from scheduler.runner import Runner
from scheduler.timetable import TIMETABLE, Job, JobTable

START = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)


class Notebook:
    """Stands in for every room: writes down what was called and when."""

    def __init__(self) -> None:
        self.called: list[tuple[str, datetime]] = []
        self.breaks: set[str] = set()
        self.all_ran = threading.Event()
        self.table = JobTable(**{field.name: self._work(field.name) for field in fields(JobTable)})

    def _work(self, name: str) -> Callable[[datetime], object]:
        def work(now: datetime) -> object:
            self.called.append((name, now))
            if len({called for called, _ in self.called}) == len(TIMETABLE):
                self.all_ran.set()
            if name in self.breaks:
                raise RuntimeError("王先生的留言")
            return None

        return work


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def beats(database: Database) -> dict[str, Heartbeat]:
    with database.read() as session:
        return {beat.job: beat for beat in session.scalars(select(Heartbeat))}


def job(name: str) -> Job:
    return next(job for job in TIMETABLE if job.name == name)


def test_a_run_calls_the_job_with_the_present_instant_and_leaves_a_heartbeat(database: Database) -> None:
    notebook = Notebook()
    runner = Runner(database, notebook.table, clock=Hands(), process="box:1")
    assert runner.run_once(job("sweep_ladder"))
    assert notebook.called == [("sweep_ladder", START)]
    beat = beats(database)["sweep_ladder"]
    assert (beat.process, beat.at, beat.every, beat.error) == ("box:1", START, 15, "")


def test_every_row_of_the_timetable_calls_its_own_job(database: Database) -> None:
    notebook = Notebook()
    runner = Runner(database, notebook.table, clock=Hands())
    for row in TIMETABLE:
        runner.run_once(row)
    assert [name for name, _ in notebook.called] == [row.name for row in TIMETABLE]


def test_a_job_that_raises_is_caught_and_named_without_its_words(database: Database) -> None:
    notebook, hands = Notebook(), Hands()
    notebook.breaks = {"deliver"}
    runner = Runner(database, notebook.table, clock=hands)
    assert not runner.run_once(job("deliver"))
    assert beats(database)["deliver"].error == "RuntimeError"
    notebook.breaks = set()
    hands.now += timedelta(seconds=2)
    assert runner.run_once(job("deliver"))
    assert beats(database)["deliver"].error == ""


def test_a_database_that_is_away_stops_no_ticking(tmp_path: Path) -> None:
    notebook = Notebook()
    runner = Runner(Database(f"sqlite:///{tmp_path}/empty.db"), notebook.table, clock=Hands())
    assert runner.run_once(job("deliver"))
    assert notebook.called == [("deliver", START)]


def test_a_frequent_job_does_not_write_more_often_than_the_board_needs(database: Database) -> None:
    hands = Hands()
    runner = Runner(database, Notebook().table, clock=hands)
    for _ in range(4):
        runner.run_once(job("deliver"))
        hands.now += timedelta(seconds=2)
    assert beats(database)["deliver"].at == START
    hands.now += timedelta(seconds=2)
    runner.run_once(job("deliver"))
    assert beats(database)["deliver"].at == START + timedelta(seconds=10)


def test_a_heartbeat_older_than_three_ticks_is_stale(database: Database) -> None:
    hands = Hands()
    runner = Runner(database, Notebook().table, clock=hands)
    with database.read() as session:
        assert not heartbeat_fresh(session, START)
    for row in TIMETABLE:
        runner.run_once(row)
    with database.read() as session:
        assert heartbeat_fresh(session, START + timedelta(seconds=60))
        assert stale_jobs(session, START + timedelta(seconds=61)) == [
            row.name for row in TIMETABLE if row.every <= 20 and row.daily_at is None
        ]
        assert "settle_answered" not in stale_jobs(session, START + timedelta(hours=3))
        assert "settle_answered" in stale_jobs(session, START + timedelta(hours=3, seconds=1))


def test_one_living_process_is_enough(database: Database) -> None:
    hands = Hands()
    first, second = (Runner(database, Notebook().table, clock=hands, process=name) for name in ("a:1", "b:2"))
    for row in TIMETABLE:
        first.run_once(row)
    hands.now += timedelta(minutes=5)
    for row in TIMETABLE:
        second.run_once(row)
    with database.read() as session:
        assert heartbeat_fresh(session, hands.now)


def test_a_daily_job_that_has_not_run_yet_is_not_missed(database: Database) -> None:
    runner = Runner(database, Notebook().table, clock=Hands())
    daily = [row for row in TIMETABLE if row.daily_at is not None]
    with database.read() as session:
        assert stale_jobs(session, START, daily) == []
    for row in daily:
        runner.run_once(row)
    with database.read() as session:
        assert stale_jobs(session, START + timedelta(days=3), daily) == []
        assert stale_jobs(session, START + timedelta(days=3, seconds=1), daily) == [row.name for row in daily]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_started_runner_runs_every_job_at_once_and_stops_when_told(database: Database) -> None:
    notebook = Notebook()
    runner = Runner(database, notebook.table)
    runner.start()
    try:
        assert notebook.all_ran.wait(20)
    finally:
        runner.stop()
    assert set(beats(database)) == {row.name for row in TIMETABLE}
    runner.stop()


def test_heartbeats_of_processes_long_gone_are_swept_away(database: Database) -> None:
    hands = Hands()
    Runner(database, Notebook().table, clock=hands, process="old:1").run_once(job("deliver"))
    hands.now += timedelta(days=8)
    runner = Runner(database, Notebook().table, timetable=TIMETABLE[:1], clock=hands, process="new:1")
    runner.start()
    runner.stop()
    assert "old:1" not in {beat.process for beat in beats(database).values()}
