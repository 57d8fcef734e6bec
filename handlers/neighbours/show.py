"""Show: which cases are about the same matter as one, as far as the reader may know of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from handlers.casework.access import KEPT, Person, Staff, viewer_of, visible_to
from handlers.neighbours.part import takes_part
from handlers.records import Case, Citizen, Message, SimilarPair
from handlers.records.of_case import merged_into
from handlers.records.once import once
from handlers.understanding.likeness.measures import ALMOST, SAME_MATTER

#: How many the page shows; a burst is read by its first letters and its number.
SHOWN: Final = 20
#: How many steps from letter to letter a group is followed, and how far it may grow on the page.
_RINGS: Final = 3
_LARGEST: Final = 100

#: How many pairs are looked at: a case may be alike by several letters, each case is told once.
_READ: Final = SHOWN * 5

_CASES: Final = select(Case).where(Case.id.in_(bindparam("ids", expanding=True)))
_PERSONS: Final = select(Citizen.id, func.coalesce(Citizen.person_id, Citizen.id)).where(
    Citizen.id.in_(bindparam("ids", expanding=True))
)
_Mine, _Other = aliased(Message), aliased(Message)
_MyCase, _WrittenIn = aliased(Case), aliased(Case)
#: A case that was merged is shown as the one it went into.
_NOW_IN: Final = func.coalesce(_WrittenIn.merged_into_id, _WrittenIn.id)


@dataclass(frozen=True, slots=True)
class Alike:
    """A case that is alike by one of its letters (``message_id``), and how much (cosine)."""

    case_id: int
    message_id: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar case: its most similar letter, how alike it is (cosine and in words), whether the same person wrote."""

    case: Case
    message_id: int
    likeness: float
    words: str
    same_person: bool


def similar_counts(session: Session, person: Person, case_ids: Collection[int]) -> dict[int, int]:
    """Return how many other cases are similar to each of these; cases without any are left out. One query."""
    if not case_ids:
        return {}
    counted = session.execute(_counted(viewer_of(person)), {"of": list(case_ids)})
    return {int(case_id): int(count) for case_id, count in counted}


def alike_to(session: Session, person: Person, case: Case) -> list[Alike]:
    """Return the cases alike to ``case``, best first, each once; among its hundred nearest letters."""
    viewer = viewer_of(person)
    asked = {"of": [case.id, *merged_into(session, case.id)], "but": [case.id]}
    rows = once(session, (_most_alike, viewer, case.id), lambda: session.execute(_most_alike(viewer), asked).all())
    best: dict[int, Alike] = {}
    for case_id, message_id, likeness in rows:
        best.setdefault(case_id, Alike(case_id, message_id, likeness))
    return list(best.values())


def similar_to(session: Session, person: Person, case: Case, most: int = SHOWN) -> list[Similar]:
    """Return the ``most`` cases most similar to ``case``, best first, each once."""
    shown = alike_to(session, person, case)[:most]
    if not shown:
        return []
    others = {other.id: other for other in session.scalars(_CASES, {"ids": [one.case_id for one in shown]})}
    people = _people(session, [case, *others.values()])
    me = people.get(case.citizen_id or 0)

    def same(other: Case) -> bool:
        return bool(me) and people.get(other.citizen_id or 0) == me

    return [
        Similar(other, one.message_id, one.likeness, words_for(one.likeness), same(other))
        for one in shown
        if (other := others.get(one.case_id)) is not None
    ]


def further(session: Session, person: Person, case: Case, known: Iterable[int]) -> list[Case]:
    """Return the cases that are similar to those ``known``, and to these in turn: the rest of a group, latest first."""
    seen = {case.id, *known}
    ring = set(known)
    for _ in range(_RINGS - 1):
        asked = {"of": list(ring), "but": list(seen)}
        ring = set(session.scalars(_in_reach(viewer_of(person)), asked)) if ring else set()
        seen |= ring
        if not ring or len(seen) > _LARGEST:
            break
    rest = seen - {case.id, *known}
    return list(session.scalars(select(Case).where(Case.id.in_(rest), visible_to(person)).order_by(Case.id.desc())))


def words_for(likeness: float) -> str:
    """How alike two letters are, in words."""
    return "几乎一样" if likeness >= ALMOST else "很像" if likeness >= SAME_MATTER else "相似"


@lru_cache(maxsize=KEPT)
def _counted(viewer: Staff) -> Select[Any]:
    return _pairs(viewer).with_only_columns(_Mine.case_id, func.count(Case.id.distinct())).group_by(_Mine.case_id)


@lru_cache(maxsize=KEPT)
def _most_alike(viewer: Staff) -> Select[tuple[int, int, float]]:
    best = (SimilarPair.likeness.desc(), _Other.id.desc())
    return _but(_pairs(viewer)).with_only_columns(Case.id, _Other.id, SimilarPair.likeness).order_by(*best).limit(_READ)


@lru_cache(maxsize=KEPT)
def _in_reach(viewer: Staff) -> Select[tuple[int]]:
    return _but(_pairs(viewer)).with_only_columns(Case.id).distinct().limit(_LARGEST)


def _but(pairs: Select[Any]) -> Select[Any]:
    return pairs.where(Case.id.not_in(bindparam("but", expanding=True)))


def _pairs(viewer: Staff) -> Select[Any]:
    """The pairs of a letter in one of the cases ``of`` and one in another that takes part and that is to be seen."""
    return (
        select(SimilarPair)
        .select_from(_Mine)
        .join(SimilarPair, SimilarPair.message_id == _Mine.id)
        .join(_MyCase, _MyCase.id == _Mine.case_id)
        .join(_Other, _Other.id == SimilarPair.other_id)
        .join(_WrittenIn, _WrittenIn.id == _Other.case_id)
        .join(Case, Case.id == _NOW_IN)
        .where(_Mine.case_id.in_(bindparam("of", expanding=True)), Case.id != _Mine.case_id)
        .where(takes_part(_MyCase), takes_part(_WrittenIn), takes_part(), visible_to(viewer))
    )


def _people(session: Session, cases: Sequence[Case]) -> dict[int, int]:
    """Whose cases they are: one number a person, however many channels they write on."""
    ids = sorted({case.citizen_id for case in cases if case.citizen_id})
    return dict(session.execute(_PERSONS, {"ids": ids}).tuples().all())
