"""The order of the intake, and what happens when a step raises: the message opens its own case in triage, parked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import structlog
from sqlalchemy.orm import Session

from handlers.casework.numbers import new_query_code, next_numbers
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.faults import describe, trail
from handlers.intake.alike import compare_with_own
from handlers.intake.arrival import Arrival
from handlers.intake.people import find_senders
from handlers.intake.steps.acknowledge import LAST_RESORT, acknowledge
from handlers.intake.steps.attach import attach
from handlers.intake.steps.match_guide import match_guide
from handlers.intake.steps.open_case import open_case
from handlers.intake.steps.recognise import recognise_command
from handlers.intake.steps.start_clocks import start_clocks
from handlers.understanding.labels import Labels

Step = Callable[[Arrival, Core], None]

#: What happens to a stored and read message, in this order. Numbers are given out between the two halves.
DECIDE: Final[tuple[Step, ...]] = (recognise_command, attach, open_case, start_clocks, match_guide)
TELL: Final[tuple[Step, ...]] = (acknowledge,)

_log = structlog.get_logger(__name__)


def decide(session: Session, core: Core, arrivals: Sequence[Arrival]) -> None:
    """Run the pipeline over one batch (one message per sender) inside the caller's write transaction."""
    find_senders(session, core, arrivals)
    compare_with_own(session, arrivals)
    for arrival in arrivals:
        if arrival.fault and not _is_word(arrival, core):
            fall_back(arrival, core)
        else:
            _run(DECIDE, arrival, core)
    opening = [arrival for arrival in arrivals if arrival.opens]
    if opening:
        numbers = next_numbers(session, local_day(opening[0].now), len(opening))
        for arrival, number in zip(opening, numbers, strict=True):
            arrival.number, arrival.query_code = number, new_query_code()
    for arrival in arrivals:
        _tell(arrival, core)


def _is_word(arrival: Arrival, core: Core) -> bool:
    """A citizens' word alone (进度) needs no understanding: that its text could not be read does not matter."""
    if arrival.alone:
        return False
    recognise_command(arrival, core)
    if arrival.command is None or arrival.command.words:
        return False
    arrival.fault = ""
    return True


def fall_back(arrival: Arrival, core: Core) -> None:
    """Give the message a case of its own in triage, with nothing claimed about what it means."""
    arrival.labels, arrival.case, arrival.command = Labels(), None, None
    arrival.clocks, arrival.promised_rule, arrival.answering = [], "", None
    open_case(arrival, core)
    try:
        start_clocks(arrival, core)
    except Exception as fault:
        _report("the triage clock of a parked message could not be started", arrival, fault)
        arrival.fault = arrival.fault or describe(fault)


def _run(steps: Sequence[Step], arrival: Arrival, core: Core) -> None:
    try:
        for step in steps:
            step(arrival, core)
    except Exception as fault:
        _report("an intake step failed; the message is parked", arrival, fault)
        arrival.fault = describe(fault)
        fall_back(arrival, core)


def _tell(arrival: Arrival, core: Core) -> None:
    try:
        for step in TELL:
            step(arrival, core)
    except Exception as fault:
        _report("a receipt could not be worded; the message is parked", arrival, fault)
        arrival.fault = arrival.fault or describe(fault)
        arrival.answering = None  # what did not go out is not recorded as sent
        number = arrival.number or (arrival.case.number if arrival.case else "")
        arrival.receipt = LAST_RESORT.format(number=number, query_code=arrival.query_code)


def _report(what: str, arrival: Arrival, fault: BaseException) -> None:
    _log.error(what, message=arrival.message_id, fault=describe(fault), trail=trail(fault))
