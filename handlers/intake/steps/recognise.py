"""Recognise: is this one of the citizens' words (进度, 满意 …)? Then it opens no case of its own."""

from __future__ import annotations

from handlers.casework.citizen import awaits_word
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.intake.arrival import Arrival
from handlers.intake.words import read_command
from handlers.messages import MessageKind
from handlers.records import Case
from handlers.taxonomy import CONVERSATIONS


def recognise_command(arrival: Arrival, core: Core) -> None:
    """Set ``arrival.command`` when a text or a menu click is a citizens' word."""
    message = arrival.message
    if message.channel not in CONVERSATIONS:
        return  # a form or a registered call that says 人工 is somebody's matter, not a command
    if message.kind in (MessageKind.TEXT, MessageKind.VOICE) or message.event == "click":
        arrival.command = read_command(message.text)
    if arrival.command is not None and arrival.command.word == "solved" and awaiting(arrival, core) is None:
        arrival.command = None  # nothing of theirs waits for it: then it is a message like any other


def awaiting(arrival: Arrival, core: Core) -> Case | None:
    """The sender's case that was sent a guide and waits for 解决了: the one whose number they named, else the latest.

    Without a number none, when another case of theirs has been opened or answered since: they may mean that one.
    """
    number = arrival.command.number if arrival.command else ""
    waiting = (case for case in arrival.own_cases if awaits_word(core, case, arrival.now))
    found = next((case for case in waiting if number in ("", case.number)), None)
    if found is None or number:
        return found
    others = (case for case in arrival.own_cases if case.id != found.id and case.state in OPEN_STATES)
    return None if any(_moved_since(case, found) for case in others) else found


def _moved_since(case: Case, guided: Case) -> bool:
    return case.id > guided.id or (case.answered_at is not None and case.answered_at > guided.opened_at)
