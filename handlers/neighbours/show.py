"""Show: which cases are about the same matter as one, as far as the reader may know of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from handlers.casework.access import Person, visible_to
from handlers.neighbours.part import takes_part
from handlers.records import Case, Citizen, Message, SimilarPair
from handlers.understanding.likeness.measures import ALMOST, SAME_MATTER

#: How many the page shows; a burst is read by its first letters and its number.
SHOWN: Final = 20
#: How many steps from letter to letter a group is followed, and how far it may grow on the page.
_RINGS: Final = 3
_LARGEST: Final = 100

_Mine, _Other = aliased(Message), aliased(Message)
_MyCase, _WrittenIn = aliased(Case), aliased(Case)
#: A case that was merged is shown as the one it went into.
_NOW_IN: Final = func.coalesce(_WrittenIn.merged_into_id, _WrittenIn.id)


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar case: its most similar letter, how alike it is (cosine and in words), whether the same person wrote."""

    case: Case
    message: Message
    likeness: float
    words: str
    same_person: bool


def similar_counts(session: Session, person: Person, case_ids: Collection[int]) -> dict[int, int]:
    """Return how many other cases are similar to each of these; cases without any are left out. One query."""
    if not case_ids:
        return {}
    wanted = _pairs(person, case_ids).with_only_columns(_Mine.case_id, func.count(Case.id.distinct()))
    return {int(case_id): int(count) for case_id, count in session.execute(wanted.group_by(_Mine.case_id))}


def similar_to(session: Session, person: Person, case: Case) -> list[Similar]:
    """Return the cases most similar to ``case``, best first, each once (at most :data:`SHOWN`)."""
    merged = session.scalars(select(Case.id).where(Case.merged_into_id == case.id)).all()
    wanted = _pairs(person, [case.id, *merged], case.id).with_only_columns(Case, _Other, SimilarPair.likeness)
    rows = session.execute(wanted.order_by(SimilarPair.likeness.desc(), _Other.id.desc()).limit(SHOWN * 5)).all()
    best: dict[int, Any] = {}
    for row in rows:
        best.setdefault(row[0].id, row)
    shown = list(best.values())[:SHOWN]
    people = _people(session, [case, *(row[0] for row in shown)])
    me = people.get(case.citizen_id or 0)
    return [
        Similar(other, message, likeness, words_for(likeness), bool(me) and people.get(other.citizen_id or 0) == me)
        for other, message, likeness in shown
    ]


def further(session: Session, person: Person, case: Case, known: Iterable[int]) -> list[Case]:
    """Return the cases that are similar to those ``known``, and to these in turn: the rest of a group, latest first."""
    seen = {case.id, *known}
    ring = set(known)
    for _ in range(_RINGS - 1):
        wanted = _pairs(person, ring, *seen).with_only_columns(Case.id).distinct()
        ring = set(session.scalars(wanted.limit(_LARGEST))) if ring else set()
        seen |= ring
        if not ring or len(seen) > _LARGEST:
            break
    rest = seen - {case.id, *known}
    return list(session.scalars(select(Case).where(Case.id.in_(rest), visible_to(person)).order_by(Case.id.desc())))


def words_for(likeness: float) -> str:
    """How alike two letters are, in words."""
    return "几乎一样" if likeness >= ALMOST else "很像" if likeness >= SAME_MATTER else "相似"


def _pairs(person: Person, case_ids: Collection[int], *but: int) -> Select[Any]:
    """The pairs of a letter in one of the cases and one in another that takes part and that this person may see."""
    return (
        select(SimilarPair)
        .select_from(_Mine)
        .join(SimilarPair, SimilarPair.message_id == _Mine.id)
        .join(_MyCase, _MyCase.id == _Mine.case_id)
        .join(_Other, _Other.id == SimilarPair.other_id)
        .join(_WrittenIn, _WrittenIn.id == _Other.case_id)
        .join(Case, Case.id == _NOW_IN)
        .where(_Mine.case_id.in_(case_ids), Case.id != _Mine.case_id, Case.id.not_in(but))
        .where(takes_part(_MyCase), takes_part(_WrittenIn), takes_part(), visible_to(person))
    )


def _people(session: Session, cases: Sequence[Case]) -> dict[int, int]:
    """Whose cases they are: one number a person, however many channels they write on."""
    ids = {case.citizen_id for case in cases if case.citizen_id}
    person = func.coalesce(Citizen.person_id, Citizen.id)
    return dict(session.execute(select(Citizen.id, person).where(Citizen.id.in_(ids))).tuples().all())
