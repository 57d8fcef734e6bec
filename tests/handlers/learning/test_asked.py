"""立即学习 is done once, by one process, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handlers.errors import Conflict
from handlers.learning.asked import ask, latest, learn_asked
from handlers.learning.retrain import Trained
from handlers.learning.store import LONGEST, begin
from handlers.learning.verdict import Verdict
from handlers.records import LearningRequest
from handlers.records.database import Database
from tests.handlers.learning.conftest import officer_of

FOLDER = Path("unused")


class Trainer:
    """Stands in for a minute of training."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.trained, self.fault = 0, fault

    def __call__(self, database: Database, folder: Path, now: datetime) -> Trained:
        self.trained += 1
        if self.fault:
            raise self.fault
        return Trained("learned-1", True, Verdict().kept(), 7, {})


@pytest.fixture
def asked(database: Database, now: datetime) -> Callable[[], LearningRequest | None]:
    officer = officer_of(database, now)
    with database.write() as session:
        ask(session, officer, now)

    def look() -> LearningRequest | None:
        with database.read() as session:
            return latest(session)

    return look


def test_nobody_asked_so_nothing_is_learned(database: Database, now: datetime) -> None:
    train = Trainer()
    assert learn_asked(database, FOLDER, lambda: now, train) == "" and not train.trained


def test_a_wish_is_trained_once_and_its_outcome_written_down(database: Database, now: datetime, asked) -> None:
    train = Trainer()
    assert asked().state == "waiting"
    assert learn_asked(database, FOLDER, lambda: now, train) == "learned-1: promoted"
    assert learn_asked(database, FOLDER, lambda: now, train) == "" and train.trained == 1
    row = asked()
    assert (row.state, row.promoted, row.model, row.ended_at) == ("done", True, "learned-1", now)


def test_a_second_press_while_the_first_is_waited_for_is_told(database: Database, now: datetime, asked) -> None:
    with database.write() as session, pytest.raises(Conflict, match="已经在等待"):
        ask(session, asked().asked_by, now)


def test_a_wish_waits_while_another_training_is_under_way(database: Database, now: datetime, asked) -> None:
    with database.write() as session:
        begin(session, "learned-nightly", now)
    assert learn_asked(database, FOLDER, lambda: now) == ""
    assert (asked().state, asked().started_at) == ("waiting", None)


def test_one_that_is_running_elsewhere_is_not_taken_again(database: Database, now: datetime, asked) -> None:
    def train(database: Database, folder: Path, at: datetime) -> Trained:
        other = Trainer()
        assert learn_asked(database, FOLDER, lambda: now, other) == "" and not other.trained
        assert asked().state == "running"
        return Trained("learned-1", False, "topic funeral", 7, {})

    learn_asked(database, FOLDER, lambda: now, train)
    assert (asked().state, asked().promoted) == ("done", False)


def test_a_training_that_fails_is_recorded_and_not_repeated_by_itself(database: Database, now: datetime, asked) -> None:
    train = Trainer(ValueError("王先生的留言"))
    with pytest.raises(ValueError, match="王先生"):
        learn_asked(database, FOLDER, lambda: now, train)
    assert (asked().state, asked().error) == ("failed", "ValueError")
    assert learn_asked(database, FOLDER, lambda: now, train) == "" and train.trained == 1


def test_one_that_was_broken_off_with_its_process_is_given_up(database: Database, now: datetime, asked) -> None:
    with database.write() as session:
        row = latest(session)
        row.state, row.started_at = "running", now
    later = now + LONGEST + timedelta(seconds=1)
    learn_asked(database, FOLDER, lambda: later, Trainer())
    assert (asked().state, asked().error) == ("failed", "BrokenOff")
    with database.write() as session:
        ask(session, asked().asked_by, later)
