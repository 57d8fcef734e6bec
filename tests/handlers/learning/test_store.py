"""Models are kept, promoted one at a time, and taken one step back; every process follows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from handlers.errors import ModelFault
from handlers.learning import store
from handlers.learning.following import FollowingUnderstanding
from handlers.records import UnderstandingModel
from handlers.records.database import Database
from handlers.understanding.factory import build
from tests.handlers.models import named


def put_in_force(database: Database, name: str, now: datetime) -> None:
    with database.write() as session:
        row = store.keep(session, named(name), local_examples=0, figures={}, verdict="", now=now)
        store.promote(session, row, now)


def states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {row.name: row.state for row in store.listed(session)}


def test_one_model_is_in_force_and_the_one_before_is_one_step_back(database: Database, now: datetime) -> None:
    for name in ("first", "second", "third"):
        put_in_force(database, name, now)
    assert states(database) == {"third": "promoted", "second": "previous", "first": "retired"}


def test_a_retired_model_gives_up_its_weights(database: Database, now: datetime) -> None:
    for name in ("first", "second", "third"):
        put_in_force(database, name, now)
    with database.read() as session:
        first = session.query(UnderstandingModel).filter_by(name="first").one()
        with pytest.raises(ModelFault, match="no longer kept"):
            store.load_model(session, first.id)


def test_a_roll_back_puts_the_previous_model_in_force(database: Database, now: datetime) -> None:
    put_in_force(database, "first", now)
    put_in_force(database, "second", now)
    with database.write() as session:
        assert store.roll_back(session, now + timedelta(hours=1)).name == "first"
    assert states(database) == {"second": "previous", "first": "promoted"}


def test_without_an_earlier_model_there_is_nothing_to_roll_back_to(database: Database, now: datetime) -> None:
    put_in_force(database, "only", now)
    with database.write() as session, pytest.raises(ModelFault, match="no earlier model"):
        store.roll_back(session, now)


def test_every_process_follows_the_promoted_model(database: Database, now: datetime) -> None:
    ticks = [0.0]
    reader = FollowingUnderstanding(database, build("rules"), 10, lambda: ticks[0])
    assert reader.read("请问低保怎么申请").model == "rules-1"
    put_in_force(database, "first", now)
    assert reader.model == "rules-1"
    ticks[0] = 10.0
    assert reader.read("请问低保怎么申请").model == "first"


def test_two_models_put_in_force_at_once_leave_one_in_force(database: Database, now: datetime) -> None:
    put_in_force(database, "first", now)
    together = Barrier(2)

    def promote(name: str) -> None:
        with database.write() as session:
            together.wait() if not database.is_sqlite else None
            row = store.keep(session, named(name), local_examples=0, figures={}, verdict="", now=now)
            store.promote(session, row, now)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(promote, ("second", "third")))
    found = states(database)
    assert found.pop("first") == "retired"
    assert sorted(found.values()) == ["previous", "promoted"]


def test_two_models_of_one_name_are_told_apart(database: Database, now: datetime) -> None:
    put_in_force(database, "learned-1", now)
    put_in_force(database, "learned-1", now)
    assert states(database) == {"learned-1": "previous", "learned-1-2": "promoted"}
    assert FollowingUnderstanding(database, build("rules")).model == "learned-1-2"


def test_a_model_whose_arrays_do_not_fit_leaves_the_rules_reading(database: Database, now: datetime) -> None:
    bent = replace(named("bent"), mean=named("bent").mean[:-1])
    with database.write() as session:
        row = store.keep(session, bent, local_examples=0, figures={}, verdict="", now=now)
        store.promote(session, row, now)
    assert FollowingUnderstanding(database, build("rules")).read("请问低保怎么申请").model == "rules-1"


def test_a_model_that_cannot_be_read_leaves_the_rules_reading(database: Database, now: datetime) -> None:
    put_in_force(database, "damaged", now)
    with database.write() as session:
        session.query(UnderstandingModel).one().weights = b"not a model"
    assert FollowingUnderstanding(database, build("rules")).read("请问低保怎么申请").model == "rules-1"
