"""Two workers, a vendor in its own process that answers late, wrongly or never, and kills at the worst moment."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.wechat.codes import CODES, Remedy
from handlers.delivery.decide import Decision, decide
from handlers.delivery.sweep import sweep_stuck
from handlers.records import Alert, Case, Citizen, Delivery
from handlers.records.database import Database
from tests.acceptance.outbox_worker import clock
from tests.handlers.delivery.world import add_answer, add_case, add_citizen, add_officer, make_core

ROOT = Path(__file__).parents[2]
#: What a kill leaves behind on PostgreSQL is seen by ``test_ten_thousand.py``, in bulk.
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PATIENCE = 80.0  # seconds until a test gives up waiting


@dataclass
class Scene:
    """A database, the vendor's process and the workers started over it."""

    database: Database
    folder: Path
    start: datetime
    vendor: str = ""
    begun: float = field(default_factory=time.time)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return clock(self.start, self.begun)

    def answers(self, *recipients: str) -> None:
        """Queue one issued answer to each recipient, whose name tells the vendor what to do."""
        with self.database.write() as session:
            officer = add_officer(session, self.start, login=f"li{len(recipients)}{recipients[0]}")
            for name in recipients:
                citizen = add_citizen(session, self.start)
                citizen.sender_id = name
                case = add_case(session, citizen, officer, self.start)
                add_answer(session, case, officer, self.start, f"答复 {name}")

    def work(self, answer_seconds: float = 1.5, dies: str = "") -> subprocess.Popen[bytes]:
        url = self.database.url.render_as_string(hide_password=False)
        worker = subprocess.Popen(
            [
                sys.executable, "-m", "tests.acceptance.outbox_worker", url, self.vendor, self.start.isoformat(),
                str(self.begun), str(self.folder / "stop"), str(answer_seconds), dies,
            ],
            cwd=ROOT,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def stop(self) -> None:
        """Let the workers end by themselves; they must end well."""
        (self.folder / "stop").touch()
        assert all(worker.wait(PATIENCE) == 0 for worker in self.workers if worker.returncode is None)

    def taken(self) -> Counter[str]:
        """How often each recipient got their text, by the vendor's own journal."""
        journal = self.folder / "journal.jsonl"
        lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
        return Counter(entry["to"] for entry in map(json.loads, lines) if "to" in entry)

    def states(self) -> dict[str, str]:
        with self.database.read() as session:
            return {row.recipient: row.state for row in session.execute(select(Delivery.recipient, Delivery.state))}

    def until(self, reached: Callable[[], bool]) -> None:
        patience = time.monotonic() + PATIENCE
        while not reached():
            assert not any((worker.poll() or 0) > 0 for worker in self.workers), "the worker ended by itself"
            assert time.monotonic() < patience, f"still waiting; the states are {Counter(self.states().values())}"
            time.sleep(0.02)

    def works(self, worker: subprocess.Popen[bytes]) -> bool:
        """Whether this worker has claimed something and not recorded it yet."""
        with self.database.read() as session:
            mine = Delivery.claimed_by.contains(f":{worker.pid}:")
            return session.scalar(select(Delivery.id).where(Delivery.state == "sending", mine).limit(1)) is not None

    def settled(self) -> bool:
        return not {"pending", "retry", "sending"} & set(self.states().values())

    def cases(self) -> dict[str, str]:
        with self.database.read() as session:
            wanted = select(Citizen.sender_id, Case.state).join(Case, Case.citizen_id == Citizen.id)
            return dict(session.execute(wanted).tuples().all())


@pytest.fixture
def scene(database: Database, tmp_path: Path, now: datetime) -> Iterator[Scene]:
    scene = Scene(database, tmp_path, now)
    vendor = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/acceptance/vendor.py"), str(tmp_path / "journal.jsonl")],
        stdout=subprocess.PIPE,
    )
    assert vendor.stdout is not None
    scene.vendor = f"http://127.0.0.1:{int(vendor.stdout.readline())}"
    yield scene
    for process in (*scene.workers, vendor):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
    vendor.stdout.close()


#: What the vendor does → how the delivery must end, how often the citizen got it.
ENDS = {
    "ok": ("sent", 1),
    "late": ("sent", 1),
    "twice": ("sent", 1),
    "token": ("sent", 1),
    "never": ("unknown", 1),
    "cut": ("unknown", 1),
    "wrong": ("unknown", 1),
    "broken": ("unknown", 1),
    "closed": ("unknown", 0),
}


#: What each remedy of the channel's table comes to when the vendor answers with its code, and with what kind of vendor.
REMEDIES = {
    Remedy.RETRY: ("once", "sent", 1),
    Remedy.FIX: ("once", "sent", 1),
    Remedy.REFRESH: ("once", "sent", 1),
    Remedy.NEXT_DAY: ("always", "retry", 0),
    Remedy.WINDOW: ("always", "failed", 0),
    Remedy.FAILED: ("always", "failed", 0),
}


def test_two_workers_and_a_vendor_that_does_everything_wrong(scene: Scene) -> None:
    expected = {f"{way}-{n}": end for n in range(2) for way, end in ENDS.items()}
    for code, known in CODES.items():
        how_often, state, times = REMEDIES[known.remedy]
        expected[f"{code}_{how_often}-0"] = (state, times)
    scene.answers(*expected)
    for _ in range(2):
        scene.work()
    scene.until(lambda: scene.states() == {name: state for name, (state, _) in expected.items()})
    scene.stop()
    taken, cases = scene.taken(), scene.cases()
    for name, (state, times) in expected.items():
        assert (name, taken[name]) == (name, times)
        assert cases[name] == ("answered" if state == "sent" else "to_deliver")
    with scene.database.read() as session:
        # A lease that ran out on a busy machine raises one, too, and takes it back when the late word comes.
        told = session.scalars(select(Alert).where(Alert.kind == "delivery", Alert.state == "open")).all()
        assert len(told) == sum(state in ("failed", "unknown") for state, _ in expected.values())
        tomorrow = session.scalars(select(Delivery.next_at).where(Delivery.state == "retry"))
        assert all(at and at - scene.start > timedelta(hours=12) for at in tomorrow)


@ON_SQLITE
@pytest.mark.parametrize(("dies", "arrived"), [("before", 0), ("after", 1)])
def test_a_worker_killed_just_before_or_after_the_call_leaves_the_text_to_a_person(
    scene: Scene, dies: str, arrived: int
) -> None:
    scene.answers("ok-1")
    victim = scene.work(dies=dies)
    assert victim.wait(PATIENCE) == -signal.SIGKILL
    scene.workers.remove(victim)
    assert (scene.states()["ok-1"], scene.taken()["ok-1"]) == ("sending", arrived)
    scene.work()
    scene.until(lambda: scene.states()["ok-1"] == "unknown")
    assert scene.taken()["ok-1"] == arrived, "nobody sends it again by themselves"
    core = make_core(scene.database)
    with scene.database.read() as session:
        [delivery] = session.scalars(select(Delivery.id))
    decide(core, delivery, Decision.RESEND, 1, "电话核实没有收到", scene.now)
    scene.until(lambda: scene.states()["ok-1"] == "sent")
    scene.stop()
    assert scene.taken()["ok-1"] == arrived + 1
    assert scene.cases()["ok-1"] == "answered"


@ON_SQLITE
def test_a_worker_killed_between_send_and_record_leaves_the_text_unknown_and_nobody_is_told_twice(scene: Scene) -> None:
    scene.answers("hang-1")
    victim = scene.work(answer_seconds=30)
    scene.until(lambda: scene.taken()["hang-1"] == 1)
    victim.kill()
    victim.wait()
    assert scene.states()["hang-1"] == "sending"
    scene.work()
    scene.until(scene.settled)
    assert scene.states()["hang-1"] == "unknown"
    assert sweep_stuck(make_core(scene.database), scene.now + timedelta(days=1)) == 0
    scene.stop()
    assert scene.taken()["hang-1"] == 1
    assert scene.cases()["hang-1"] == "to_deliver"


@ON_SQLITE
def test_workers_killed_at_any_moment_lose_nothing_and_send_nothing_twice(scene: Scene) -> None:
    names = [f"slow-{n}" for n in range(90)]
    scene.answers(*names)
    kills = 0
    for moment in (0.0, 0.1, 0.2, 0.35):
        victim = scene.work()
        scene.until(lambda victim=victim: scene.works(victim) or scene.settled())  # type: ignore[misc]
        time.sleep(moment)
        kills += victim.poll() is None
        victim.kill()
        victim.wait()
    scene.work()
    scene.until(scene.settled)
    scene.stop()
    taken, states = scene.taken(), scene.states()
    assert kills == 4
    assert max(taken.values()) == 1
    assert set(states.values()) == {"sent", "unknown"}
    assert all(taken[name] == 1 for name in names if states[name] == "sent")
    assert Counter(states.values())["unknown"] <= kills * 4  # at most what each of the killed had in hand
