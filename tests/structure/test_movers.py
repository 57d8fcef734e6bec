"""Every state that is no end has a job of the timetable that moves it on (or wakes the person who must)."""

from __future__ import annotations

from dataclasses import fields

import pytest

from handlers.casework.states import DELIVERY_STATES, MESSAGE_STATES
from scheduler.timetable import TIMETABLE, JobTable

#: thing → (its states, those that are ends or wait for a person whom an alert has called already).
THINGS: dict[str, tuple[set[str], set[str]]] = {
    "message": (set(MESSAGE_STATES), {"processed"}),
    # failed and unknown: a person decides; the delivery room raised their alert when the state was set.
    "delivery": (set(DELIVERY_STATES), {"sent", "failed", "unknown"}),
    "clock": ({"running", "paused", "met", "lapsed", "stopped"}, {"met", "lapsed", "stopped"}),
    "alert": ({"open", "acknowledged"}, {"acknowledged"}),
    "attachment": (
        {"pending", "stored", "failed", "refused", "infected"},
        {"stored", "failed", "refused", "infected"},
    ),
    "learning_request": ({"waiting", "running", "done", "failed"}, {"done", "failed"}),
    "opinion_request": ({"open", "answered", "waived"}, {"answered", "waived"}),
    "party_inquiry": ({"waiting", "agrees", "refuses", "silent"}, {"agrees", "refuses", "silent"}),
    # who asked and who approves move it on before; it never outlives its clock.
    "consent": (
        {"asked", "approved", "refused", "withdrawn", "lapsed"},
        {"approved", "refused", "withdrawn", "lapsed"},
    ),
    # uploaded: a person maps the columns and starts it.
    "import_batch": ({"uploaded", "running", "done", "dropped"}, {"uploaded", "done", "dropped"}),
    # answered: the office was told when the answer came; it decides.
    "slip": ({"open", "answered", "accepted", "withdrawn"}, {"accepted", "withdrawn"}),
    "unit_referral": ({"open", "returned", "cancelled", "done"}, {"returned", "cancelled", "done"}),
}
WAITING = sorted(f"{thing}:{state}" for thing, (states, ends) in THINGS.items() for state in states - ends)


@pytest.mark.parametrize("waiting", WAITING)
def test_every_waiting_state_has_a_job_that_moves_it_on(waiting: str) -> None:
    assert [job.name for job in TIMETABLE if waiting in job.moves]


def test_no_job_claims_to_move_a_state_that_does_not_exist() -> None:
    assert sorted({state for job in TIMETABLE for state in job.moves}) == WAITING


def test_the_wiring_hands_over_one_callable_per_row() -> None:
    assert sorted(field.name for field in fields(JobTable)) == sorted(job.name for job in TIMETABLE)


def test_every_job_says_what_it_does_and_how_often() -> None:
    for job in TIMETABLE:
        assert job.description
        assert job.every > 0
    assert len({job.name for job in TIMETABLE}) == len(TIMETABLE)
