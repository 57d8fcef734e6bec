"""办理留痕 as sentences: "11月22日 9:14 张敏 转福利科：涉及高龄津贴"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import countable
from handlers.casework.history_answers import ANSWERS
from handlers.casework.history_procedure import PROCEDURE
from handlers.casework.history_told import Data, Told, Words
from handlers.casework.history_watch import WATCH
from handlers.casework.history_work import WORK
from handlers.casework.local import moment
from handlers.organisation.profile import Profile
from handlers.records import Case, CaseEvent, Officer

_WORDS: Final[Words] = WORK | ANSWERS | WATCH | PROCEDURE
#: Every action that has its sentence.
SPOKEN: Final = frozenset(_WORDS)
#: How an event names another case, wherever in its words.
_NUMBER: Final = re.compile(r"(?<!\d)\d{8}-\d{4,}(?!\d)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One event in words. ``text`` is the whole sentence; ``is_read`` marks a mere look (folded on the page)."""

    seq: int
    at: datetime
    when: str
    who: str
    what: str
    is_read: bool

    @property
    def text(self) -> str:
        """The sentence with its moment and its person."""
        return f"{self.when} {self.who} {self.what}"


def history(session: Session, profile: Profile, case_id: int, now: datetime, *, reads: bool = True) -> list[Sentence]:
    """Every event of the case as a sentence, oldest first; two queries."""
    wanted = select(CaseEvent).where(CaseEvent.case_id == case_id)
    if not reads:
        wanted = wanted.where(CaseEvent.action != "read")
    events = session.scalars(wanted.order_by(CaseEvent.seq)).all()
    people = _people(session, events)
    hidden = hidden_numbers(session, events)
    return [_sentence(event, profile, people, hidden, now) for event in events]


def _sentence(
    event: CaseEvent, profile: Profile, people: Mapping[int, str], hidden: frozenset[str], now: datetime
) -> Sentence:
    kind, _, ident = event.actor.partition(":")
    who = people.get(int(ident), "工作人员") if kind == "officer" else {"citizen": "群众"}.get(kind, "系统")
    data = without(event.data, hidden) if hidden else event.data
    words = _WORDS.get(event.action, event.action)
    what = words if isinstance(words, str) else words(data, Told(profile, people))
    return Sentence(event.seq, event.at, moment(event.at, now), who, what, event.action == "read")


def without(data: Data, hidden: frozenset[str]) -> Data:
    """An event's data with another word in the place of each hidden number."""

    def veil(found: re.Match[str]) -> str:
        return "另一件" if found[0] in hidden else found[0]

    return {key: _NUMBER.sub(veil, value) if isinstance(value, str) else value for key, value in data.items()}


def _people(session: Session, events: Sequence[CaseEvent]) -> dict[int, str]:
    ids = {int(e.actor.partition(":")[2]) for e in events if e.actor.startswith("officer:")}
    ids |= {int(e.data["officer"]) for e in events if e.data.get("officer")}
    ids |= {int(ident) for e in events for ident in e.data.get("told") or ()}
    if not ids:
        return {}
    return dict(session.execute(select(Officer.id, Officer.name).where(Officer.id.in_(ids))).tuples().all())


def hidden_numbers(session: Session, events: Sequence[CaseEvent]) -> frozenset[str]:
    """Numbers of other cases that not everybody may know of: no history leads to one, whoever reads it."""
    words = (value for event in events for value in event.data.values() if isinstance(value, str))
    named = {number for text in words for number in _NUMBER.findall(text)}
    if not named:
        return frozenset()
    own = {event.case_id for event in events}
    others = select(Case.number).where(Case.number.in_(named), Case.id.not_in(own), ~countable())
    return frozenset(session.scalars(others))
