"""The page of similar letters: one case's own words beside those of the others; every reading is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.lines import CaseLine, lines
from handlers.casework.reading import record_reading
from handlers.core import Core
from handlers.neighbours.show import Similar, further, similar_to
from handlers.records import Case, Message


@dataclass(frozen=True, slots=True)
class SimilarLetter:
    """A similar case as the page shows it."""

    line: CaseLine
    text: str
    at: datetime
    words: str
    same_person: bool


@dataclass(frozen=True, slots=True)
class SimilarPage:
    """``text`` is the case's own first letter; ``further`` the rest of the group, reached through similar ones."""

    line: CaseLine
    text: str
    at: datetime
    letters: list[SimilarLetter]
    further: list[CaseLine]


def similar_page(session: Session, core: Core, person: Person, case_id: int, now: datetime) -> SimilarPage:
    """Gather the page and record the reading of every case whose words it shows; needs a *write* session.

    Raises NotFound when the case is absent or not to be known.
    """
    case = record_reading(session, core, person, case_id, now)
    found = similar_to(session, person, case)
    for other_id in sorted(similar.case.id for similar in found):
        record_reading(session, core, person, other_id, now)
    rest = further(session, person, case, [similar.case.id for similar in found])
    own = session.get(Message, case.first_message_id) if case.first_message_id else None
    return SimilarPage(
        line=lines(session, core, [case], now)[0],
        text=own.text if own else case.subject,
        at=own.sent_at if own else case.opened_at,
        letters=_letters(session, core, found, now),
        further=lines(session, core, rest, now),
    )


def _letters(session: Session, core: Core, found: list[Similar], now: datetime) -> list[SimilarLetter]:
    cases = session.scalars(select(Case).where(Case.id.in_([similar.case.id for similar in found])))
    by_id = {line.case_id: line for line in lines(session, core, cases, now)}
    wanted = select(Message).where(Message.id.in_([similar.message_id for similar in found]))
    letters = {letter.id: letter for letter in session.scalars(wanted)}
    told = [(by_id[similar.case.id], letters[similar.message_id], similar) for similar in found]
    return [SimilarLetter(line, letter.text, letter.sent_at, s.words, s.same_person) for line, letter, s in told]
