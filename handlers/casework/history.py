"""办理留痕 as sentences: "11月22日 9:14 张敏 转福利科：涉及高龄津贴"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from handlers.accounts.directory import names
from handlers.casework.history_answers import ANSWERS
from handlers.casework.history_procedure import PROCEDURE
from handlers.casework.history_signing import SIGNING
from handlers.casework.history_told import Told, Words
from handlers.casework.history_watch import WATCH
from handlers.casework.history_work import WORK
from handlers.casework.local import moment
from handlers.casework.veil import hidden_in, veiled_data
from handlers.organisation.profile import Profile
from handlers.records import CaseEvent
from handlers.records.of_case import rows_of

_WORDS: Final[Words] = WORK | ANSWERS | SIGNING | WATCH | PROCEDURE
#: Every action that has its sentence.
SPOKEN: Final = frozenset(_WORDS)


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


def history(
    session: Session, profile: Profile, case_id: int, now: datetime, *, reads: bool = True, reader: str = ""
) -> list[Sentence]:
    """Every event of the case as a sentence, oldest first; two queries.

    The look that ``reader`` (an actor) takes at this very instant is left out: it is being written meanwhile.
    """
    events = [
        event for event in rows_of(session, CaseEvent, case_id)
        if event.action != "read" or (reads and (event.actor, event.at) != (reader, now))
    ]  # fmt: skip
    people = _people(session, events)
    hidden = hidden_in(session, (value for event in events for value in event.data.values()), {case_id})
    return [_sentence(event, profile, people, hidden, now) for event in events]


def _sentence(
    event: CaseEvent, profile: Profile, people: Mapping[int, str], hidden: frozenset[str], now: datetime
) -> Sentence:
    kind, _, ident = event.actor.partition(":")
    who = people.get(int(ident), "工作人员") if kind == "officer" else {"citizen": "群众"}.get(kind, "系统")
    data = veiled_data(event.data, hidden)
    words = _WORDS.get(event.action, event.action)
    what = words if isinstance(words, str) else words(data, Told(profile, people))
    return Sentence(event.seq, event.at, moment(event.at, now), who, what, event.action == "read")


def _people(session: Session, events: Sequence[CaseEvent]) -> dict[int, str]:
    ids = {int(e.actor.partition(":")[2]) for e in events if e.actor.startswith("officer:")}
    ids |= {int(e.data["officer"]) for e in events if e.data.get("officer")}
    ids |= {int(ident) for e in events for ident in e.data.get("told") or ()}
    return names(session, ids)
