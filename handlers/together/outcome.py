"""Doing one thing to many cases: each in a transaction of its own; a preview really does it and undoes it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.errors import HuiyingError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became (in a preview: would become) of one case: ``done``, and why or why not in words."""

    number: str
    done: bool
    words: str
    text: str = ""


#: Does it to one case; returns (what happened in words, a text to show beside it). Raises HuiyingError to refuse.
Act = Callable[[Session, str], tuple[str, str]]


class _Undo(Exception):
    pass


def try_each(core: Core, numbers: Iterable[str], act: Act) -> list[Outcome]:
    """What would happen to each, asked of the very code that does it; nothing is kept."""
    return [_try(core, number, act) for number in numbers]


def do_each(core: Core, numbers: Iterable[str], act: Act) -> list[Outcome]:
    """Do it to one after the other; one that is refused keeps nobody else from theirs."""
    return [_do(core, number, act) for number in numbers]


def _do(core: Core, number: str, act: Act) -> Outcome:
    try:
        with core.database.write() as session:
            words, text = act(session, number)
    except HuiyingError as fault:
        return Outcome(number, False, _why(fault))
    return Outcome(number, True, words, text)


def _try(core: Core, number: str, act: Act) -> Outcome:
    outcome = Outcome(number, False, "")
    with suppress(_Undo), core.database.write() as session:
        try:
            words, text = act(session, number)
            outcome = Outcome(number, True, words, text)
        except HuiyingError as fault:
            outcome = Outcome(number, False, _why(fault))
        raise _Undo
    return outcome


def _why(fault: HuiyingError) -> str:
    """The reason alone: what else could be done with this one case is for its own page."""
    return str(fault).partition("现在可以：")[0]
