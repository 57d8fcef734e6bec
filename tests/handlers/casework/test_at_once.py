"""Two people, or a person and the citizen, at the same instant: one wins, the other is told, the chain holds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.casework.access import Staff, staff_of
from handlers.casework.answer import answer
from handlers.casework.ask import receive_citizen_words
from handlers.casework.claim import claim
from handlers.core import Core
from handlers.errors import Conflict
from handlers.records import Case, CaseEvent, Delivery, Officer, Reply


@pytest.fixture
def two(core: Core, now: datetime) -> tuple[Staff, Staff]:
    with core.database.write() as session:
        rows = [
            Officer(login=n, name=n, role=str(Role.OFFICER), section_code="welfare", password_hash="-", created_at=now)
            for n in ("one", "two")
        ]
        session.add_all(rows)
        session.flush()
        return staff_of(rows[0]), staff_of(rows[1])


@pytest.fixture
def case_id(core: Core, now: datetime) -> int:
    with core.database.write() as session:
        case = Case(
            number="20261123-0001", query_code="", channel="web", source="web", state="assigned", kind="consultation",
            topic="elderly_care", section_code="welfare", opened_at=now, received_at=now, changed_at=now,
        )  # fmt: skip
        session.add(case)
        session.flush()
        core.ledger.append(session, case.id, "citizen", "opened", now)
        return case.id


def _both(core: Core, *works: Callable[[Any], Any]) -> list[Any]:
    """Run each in a transaction of its own, all starting together; returns results or the errors."""
    ready = Barrier(len(works))

    def run(work: Callable[[Any], Any]) -> Any:
        ready.wait(timeout=10)
        try:
            with core.database.write() as session:
                work(session)
            return "done"
        except Conflict as fault:
            return fault

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, work) for work in works]]


def _chain_holds(core: Core) -> None:
    with core.database.read() as session:
        events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
        assert list(core.ledger.verify(events)) == []


def test_of_two_claims_at_once_one_wins_and_the_other_is_told(
    core: Core, two: tuple[Staff, Staff], case_id: int, now: datetime
) -> None:
    ended = _both(core, *(lambda s, who=who: claim(s, core, who, case_id, 1, now) for who in two))
    assert ended.count("done") == 1 and sum(isinstance(fault, Conflict) for fault in ended) == 1
    _chain_holds(core)


def test_an_answer_sent_twice_at_once_goes_out_once(
    core: Core, two: tuple[Staff, Staff], case_id: int, now: datetime
) -> None:
    with core.database.write() as session:
        version = claim(session, core, two[0], case_id, 1, now).version
    ended = _both(core, *[lambda s: answer(s, core, two[0], case_id, version, "请带身份证。", now=now)] * 2)
    assert ended.count("done") == 1
    with core.database.read() as session:
        assert len(session.scalars(select(Reply)).all()) == len(session.scalars(select(Delivery)).all()) == 1
    _chain_holds(core)


def test_a_citizen_who_writes_while_an_officer_claims_harms_neither(
    core: Core, two: tuple[Staff, Staff], case_id: int, now: datetime
) -> None:
    ended = _both(
        core,
        lambda s: claim(s, core, two[0], case_id, 1, now),
        lambda s: receive_citizen_words(s, core, case_id, 1, now),
    )
    assert ended[1] == "done"
    with core.database.read() as session:
        assert session.get_one(Case, case_id).unread
    _chain_holds(core)
