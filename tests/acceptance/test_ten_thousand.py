"""Four workers, ten thousand texts, one PostgreSQL that is restarted and one worker that is killed in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from handlers.delivery.decide import Decision, decide
from handlers.records import Alert, Case, Clock, Delivery, Officer
from handlers.records.database import Database
from handlers.records.migrate import upgrade
from tests.acceptance.cluster import Cluster, own_cluster
from tests.acceptance.many_texts import queue_many
from tests.acceptance.outbox_worker import clock
from tests.handlers.delivery.world import make_core

ROOT = Path(__file__).parents[2]
COUNT = int(os.environ.get("HUIYING_TEST_TEXTS", "10000"))
ANSWERS = COUNT // 20
WORKERS = 4
SPEED = 10.0
PATIENCE = 900.0  # seconds until the test gives up waiting
#: What the vendor does with some of them: n-th → way.
WAYS = {COUNT // 50 * k: way for k, way in enumerate(("late", "twice", "-1_once", "43004_always", "cut", "wrong"), 1)}


@dataclass
class Drain:
    """The database, the vendor's process and the workers over it."""

    cluster: Cluster
    database: Database
    folder: Path
    vendor: str
    start: datetime
    begun: float = field(default_factory=time.time)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def work(self) -> None:
        more = (str(self.begun), str(self.folder / "stop"), "5", "", str(SPEED))
        command = (self.cluster.url, self.vendor, self.start.isoformat(), *more)
        self.workers.append(
            subprocess.Popen([sys.executable, "-m", "tests.acceptance.outbox_worker", *command], cwd=ROOT)
        )

    def waiting(self) -> int:
        """How many texts the queue still has something to do with."""
        wanted = select(func.count()).where(Delivery.state.in_(("pending", "retry", "sending")))
        with contextlib.suppress(OperationalError), self.database.read() as session:
            return session.scalar(wanted) or 0
        return COUNT  # the database is away

    def until(self, reached: Callable[[], bool]) -> None:
        patience = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < patience, f"{self.waiting()} are still waiting"
            assert all(worker.poll() is None for worker in self.workers), "a worker ended by itself"
            time.sleep(0.1)

    def taken(self) -> Counter[str]:
        """How often each recipient got their text, by the vendor's own journal."""
        lines = (self.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        return Counter(entry["to"] for entry in map(json.loads, lines) if "to" in entry)

    def states(self) -> dict[str, tuple[str, int]]:
        wanted = select(Delivery.recipient, Delivery.state, Delivery.attempts)
        with self.database.read() as session:
            return {row.recipient: (row.state, row.attempts) for row in session.execute(wanted)}


@pytest.fixture
def drain(tmp_path: Path, now: datetime) -> Iterator[Drain]:
    with own_cluster() as cluster:
        database = Database(cluster.url)
        upgrade(database)
        journal = tmp_path / "journal.jsonl"
        program = [sys.executable, str(ROOT / "tests/acceptance/vendor.py"), str(journal)]
        vendor = subprocess.Popen(program, stdout=subprocess.PIPE)
        assert vendor.stdout is not None
        with database.write() as session:
            queue_many(session, COUNT, ANSWERS, now, WAYS)
        scene = Drain(cluster, database, tmp_path, f"http://127.0.0.1:{int(vendor.stdout.readline())}", now)
        yield scene
        for process in (*scene.workers, vendor):
            process.kill()
            process.wait()
        vendor.stdout.close()
        database.dispose()


def test_each_is_claimed_once_none_is_sent_twice_unknowingly_and_none_is_lost(drain: Drain) -> None:
    for _ in range(WORKERS):
        drain.work()
    drain.until(lambda: drain.waiting() < COUNT * 2 / 3)
    victim = drain.workers.pop()
    victim.kill()
    victim.wait()
    drain.work()
    drain.until(lambda: drain.waiting() < COUNT / 3)
    drain.cluster.restart()
    drain.until(lambda: drain.waiting() == 0)

    states, taken = drain.states(), drain.taken()
    assert len(states) == COUNT
    unknown = {name for name, (state, _) in states.items() if state == "unknown"}
    sent = [name for name, (state, _) in states.items() if state == "sent"]
    assert {name for name, (state, _) in states.items() if state == "failed"} == {f"43004_always-{COUNT // 50 * 4}"}
    assert len(unknown) <= 2 + WORKERS * 16, "only what was in hand at kill and restart, and what the vendor cut"
    assert all(taken[name] == 1 for name in sent), "who is recorded as having it has it, once"
    assert max(taken.values()) == 1, "and nobody has it twice"
    again = [name for name in sent if states[name][1] != 1 and not name.startswith("-1_once")]
    assert len(again) <= WORKERS * 16, "claimed once; given back unsent only around the kill and the restart"

    _decide_about(drain, unknown)
    drain.until(lambda: drain.waiting() == 0)
    (drain.folder / "stop").touch()
    assert all(worker.wait(120) == 0 for worker in drain.workers)
    states, taken = drain.states(), drain.taken()
    twice = {name for name, times in taken.items() if times > 1}
    assert twice <= unknown, "twice only where a person decided so, because nobody could say"
    lost = {name for name in states if not taken[name]}
    assert lost == {f"43004_always-{COUNT // 50 * 4}"}, "and that one staff were told of"
    _cases_agree(drain)


def _decide_about(drain: Drain, unknown: set[str]) -> None:
    """A person has each of them sent again (what the vendor cuts is cut again, and confirmed)."""
    core, now = make_core(drain.database), clock(drain.start, drain.begun, SPEED)
    with drain.database.read() as session:
        officer = session.scalars(select(Officer.id)).first() or 0
        rows = session.execute(select(Delivery.id, Delivery.recipient).where(Delivery.state == "unknown")).all()
    assert {row.recipient for row in rows} == unknown
    for row in rows:
        cuts = row.recipient.startswith(("cut", "wrong"))
        decide(core, row.id, Decision.CONFIRM_SENT if cuts else Decision.RESEND, officer, "电话核实", now)


def _cases_agree(drain: Drain) -> None:
    with drain.database.read() as session:
        states = Counter(session.scalars(select(Case.state)))
        met = session.scalar(select(func.count()).where(Clock.state == "met")) or 0
        told = Counter(session.scalars(select(Alert.step).where(Alert.kind == "delivery")))
        failed = session.scalar(select(func.count()).where(Delivery.state == "failed", Delivery.purpose == "answer"))
    assert states == {"answered": ANSWERS - (failed or 0)} | ({"to_deliver": failed} if failed else {})
    assert met == states["answered"]
    assert told["failed"] == (failed or 0)
