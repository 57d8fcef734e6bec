"""The table of states and the table of moves hold together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import handlers
from handlers.casework.history import SPOKEN
from handlers.casework.moves import MOVES, RELATIONS
from handlers.casework.states import CASE_STATES, ENDS, MOVERS, OPEN_STATES
from handlers.records.case import INDEXED_ENDS

_EVENT = re.compile(r"(?:ledger\.append|changed)\(\s*session,[^{}]{0,160}?\"([a-z_]+)\",\s(?:now|at)\b")


@pytest.mark.parametrize("code", OPEN_STATES)
def test_every_state_that_is_no_end_names_what_moves_it_on(code: str) -> None:
    assert CASE_STATES[code].mover in MOVERS


@pytest.mark.parametrize("code", OPEN_STATES)
def test_every_state_that_is_no_end_can_be_left_by_a_person(code: str) -> None:
    assert any(code in move.froms and move.to - {code} and move.who - {"citizen", "system"} for move in MOVES.values())


@pytest.mark.parametrize("code", CASE_STATES)
def test_every_state_can_be_reached(code: str) -> None:
    assert code == "triage" or any(code in move.to for move in MOVES.values())


@pytest.mark.parametrize("code", MOVES)
def test_the_states_and_people_of_every_move_exist(code: str) -> None:
    move = MOVES[code]
    assert move.froms and move.froms <= set(CASE_STATES)
    assert move.to <= set(CASE_STATES)
    assert move.who and move.who <= set(RELATIONS)


def test_the_states_are_those_of_the_interfaces() -> None:
    assert {code: state.name for code, state in CASE_STATES.items()} == {
        "triage": "待分派", "assigned": "待签收", "in_progress": "办理中", "awaiting_citizen": "待补充",
        "consulting": "协办中", "with_unit": "交办中", "in_review": "待审核", "to_issue": "待签发",
        "to_deliver": "待送达", "answered": "待评价", "closed": "已办结", "reopened": "重办", "forwarded": "已转送",
        "merged": "已并入", "withdrawn": "已撤回", "not_accepted": "不予受理",
    }  # fmt: skip
    assert set(ENDS) == {"closed", "forwarded", "merged", "withdrawn", "not_accepted"} == set(INDEXED_ENDS)


def test_every_event_that_is_written_can_be_read_as_a_sentence() -> None:
    written = set(MOVES) - {"draft"}  # a draft is no event: nothing has changed yet
    for path in Path(handlers.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        written |= set(_EVENT.findall(text))
    assert written >= {"read", "claim", "split_opened", "duty_called"}
    missing = sorted(written - SPOKEN)
    assert not missing, f"give these a sentence in handlers/casework/history_work.py (or …_answers, …_watch): {missing}"
