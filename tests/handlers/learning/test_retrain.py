"""Trainings: one at a time, only when something was taught, never against a roll-back, never from erased words."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from handlers.errors import Conflict
from handlers.learning import store
from handlers.learning.examples import local_examples
from handlers.learning.local_figures import shown_test_set
from handlers.learning.retrain import Trained, ensure_model, made_from, retrain, retrain_if_taught
from handlers.learning.verdict import OVERTAKEN, Verdict
from handlers.records import Case, Message, UnderstandingModel
from handlers.records.database import Database
from handlers.retention.erase_case import ERASED_TEXT
from handlers.understanding.learned.model import dump
from handlers.understanding.training.base import fingerprint
from tests.handlers.models import named, small_model

UNUSED = Path("unused")


class Gone(type(UNUSED)):  # type: ignore[misc]
    """A folder on a disk that is gone."""

    def __truediv__(self, other: str) -> Path:
        raise OSError("the disk is gone")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder in which a small model stands for that of the shipped corpus, so that nothing is trained here."""
    (tmp_path / f"understanding-{fingerprint()}.npz").write_bytes(dump(small_model()))
    return tmp_path


class Trainer:
    """Stands in for a minute of training: keeps a model made from what it was given."""

    def __init__(self) -> None:
        self.trained = 0

    def __call__(self, database: Database, folder: Path, now: datetime) -> Trained:
        self.trained += 1
        return Trained("learned-1", False, "", 0, {})


def put_in_force(database: Database, name: str, now: datetime) -> None:
    with database.write() as session:
        row = store.keep(session, named(name), local_examples=0, figures={}, verdict="", now=now)
        store.promote(session, row, now)


def states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {row.name: row.state for row in store.listed(session)}


def test_two_trainings_never_run_at_once(database: Database, now: datetime) -> None:
    with database.write() as session:
        store.begin(session, "learned-1", now)
    with pytest.raises(Conflict, match="正在学习"):
        retrain(database, UNUSED, now)
    assert retrain_if_taught(database, UNUSED, now) is None
    assert states(database) == {}


def test_a_training_broken_off_with_its_process_bars_no_other(database: Database, now: datetime) -> None:
    with database.write() as session:
        first = store.begin(session, "learned-1", now)
    later = now + store.LONGEST + timedelta(seconds=1)
    with database.write() as session:
        second = store.begin(session, "learned-1", later)
    with database.write() as session, pytest.raises(Conflict, match="中断"):
        store.finish(session, first, named("x"), local_examples=0, figures={}, verdict="")
    with database.write() as session:
        store.finish(session, second, named("x"), local_examples=0, figures={}, verdict="")
    assert states(database) == {"learned-1": "candidate"}


def test_a_training_that_fails_leaves_nothing_behind(database: Database, now: datetime, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(OSError):
            retrain(database, Gone(tmp_path), now)
    with database.read() as session:
        assert session.query(UnderstandingModel).count() == 0


def test_a_roll_back_during_a_training_stands(database: Database, now: datetime, models: Path) -> None:
    for name in ("first", "second"):
        put_in_force(database, name, now)

    class RollsBack(type(models)):  # type: ignore[misc]
        def __truediv__(self, other: str) -> Path:
            with database.write() as session:
                store.roll_back(session, now + timedelta(seconds=5))
            return models / other

    done = retrain(database, RollsBack(models), now)
    assert (done.promoted, Verdict(why=OVERTAKEN).kept() == done.verdict) == (False, True)
    assert states(database) == {"first": "promoted", "second": "previous", done.name: "candidate"}


def test_a_model_that_this_version_cannot_use_is_replaced_at_the_start(
    database: Database, now: datetime, models: Path
) -> None:
    assert ensure_model(database, models, now)
    assert not ensure_model(database, models, now)
    with database.write() as session:
        session.query(UnderstandingModel).one().weights = b"of another version"
    assert ensure_model(database, models, now + timedelta(days=1))
    assert sorted(states(database).values()) == ["previous", "promoted"]


def test_a_label_set_right_once_more_is_learned_again(database: Database, now: datetime, add) -> None:
    train = Trainer()
    ids = [add(fixed={"topic": "marriage"}) for _ in range(3)]
    assert retrain_if_taught(database, UNUSED, now, train) is not None
    with database.read() as session:
        learned = local_examples(session).learned
    assert learned
    _made_from_today(database, now)
    train.trained = 0
    assert retrain_if_taught(database, UNUSED, now, train) is None
    with database.write() as session:
        session.execute(update(Case).where(Case.id.in_(ids)).values(topic="funeral"))
    assert retrain_if_taught(database, UNUSED, now, train) is not None
    assert train.trained == 1


def test_a_corpus_that_came_with_a_new_version_is_learned_the_next_night(database: Database, now: datetime) -> None:
    train = Trainer()
    _made_from_today(database, now)
    assert retrain_if_taught(database, UNUSED, now, train) is None
    _made_from_today(database, now + timedelta(days=1), corpus="another")
    assert retrain_if_taught(database, UNUSED, now, train) is not None


def test_erased_letters_teach_nothing_and_are_not_measured_with(database: Database, now: datetime, add) -> None:
    for _ in range(20):
        add(fixed={"topic": "marriage"})
    with database.read() as session:
        before = local_examples(session)
        assert before.learned and before.test and shown_test_set(session)
    with database.write() as session:
        session.execute(update(Message).values(text=ERASED_TEXT))
    with database.read() as session:
        after = local_examples(session)
        assert (after.learned, after.test, shown_test_set(session)) == ((), (), [])


def _made_from_today(database: Database, now: datetime, **other: str) -> None:
    with database.write() as session:
        figures = made_from(local_examples(session).learned) | other
        store.keep(session, named("learned-0"), local_examples=3, figures=figures, verdict="", now=now)
