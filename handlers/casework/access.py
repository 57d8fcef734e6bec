"""Who may see a case and how a person stands to it: as a predicate, and as the same condition for every query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, true
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, Role, StandIn
from handlers.casework.sensitivity import ORDINARY, levels, officer_mark, section_mark
from handlers.casework.states import UNDER_REVIEW
from handlers.errors import NotFound
from handlers.records import Case, Officer
from handlers.signing.ways import legal_mark

#: Roles that see the whole bureau's cases (a restricted case still only its recipient).
WHOLE_BUREAU = (Role.OFFICE, Role.LEADER, Role.AUDITOR)
#: For how many people what is put together for each is kept: more than work at once in one bureau.
KEPT: Final = 512


class Person(Protocol):
    """A member of staff as access needs it; :class:`handlers.accounts.roles.SignedIn` is one."""

    @property
    def officer_id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def section(self) -> str: ...

    @property
    def stands_for(self) -> tuple[StandIn, ...]: ...


@dataclass(frozen=True, slots=True)
class Staff:
    """A plain :class:`Person`."""

    officer_id: int
    name: str
    role: Role
    section: str = ""
    stands_for: tuple[StandIn, ...] = ()


def staff_of(officer: Officer, stands_for: tuple[StandIn, ...] = ()) -> Staff:
    """The officer's row as a :class:`Person`."""
    return Staff(officer.id, officer.name, Role(officer.role), officer.section_code or "", stands_for)


def may_see(person: Person, case: Case) -> bool:
    """Whether ``person`` may see the case and everything that hangs on it."""
    if person.role not in CASE_READERS:
        return False
    if case.restricted:
        return case.restricted_to == person.officer_id
    if is_barred(person, case):
        return False
    return bool(_standing(person, case) & levels()[case.sensitivity or ORDINARY].seen_by)


def may_know(officer: Officer, case: Case, stands_for: tuple[StandIn, ...] = ()) -> bool:
    """Whether an officer may hear of the case at all: what every notice to staff asks first."""
    return officer.role in CASE_READERS and may_see(staff_of(officer, stands_for), case)


def is_barred(person: Person, case: Case) -> bool:
    """回避: whether the case is about this person or their section, whatever their role."""
    return bool(_marks(person.officer_id, person.section) & set(case.barred or ()))


def viewer_of(person: Person) -> Staff:
    """The person as a key: all that decides what they see, and nothing of their session."""
    return Staff(person.officer_id, person.name, person.role, person.section, tuple(person.stands_for))


def visible_to(person: Person) -> ColumnElement[bool]:
    """:func:`may_see` as a condition on ``cases``: every list, count and search carries it.

    Put together once for each :func:`viewer_of`: a page carries it ten times, and that cost more than the questions.
    """
    return _visible_to(viewer_of(person))


@lru_cache(maxsize=KEPT)
def _visible_to(person: Staff) -> ColumnElement[bool]:
    if person.role not in CASE_READERS:
        return false()
    own = and_(Case.restricted.is_(True), Case.restricted_to == person.officer_id)
    # Ordinary cases first and by plain columns: the lists of names are only read where a case has a level at all.
    ordinary = _seen_at(person, ORDINARY)
    levelled = [and_(Case.sensitivity == code, _seen_at(person, code)) for code in levels() if code != ORDINARY]
    unbarred = _unbarred(_marks(person.officer_id, person.section))
    others = or_(
        and_(Case.sensitivity == ORDINARY, ordinary), and_(Case.sensitivity != ORDINARY, unbarred, or_(*levelled))
    )
    return or_(and_(Case.restricted.is_(False), others), own)


def countable() -> ColumnElement[bool]:
    """Cases that figures shown to many may count: none that somebody here must not know of, so that none infers it."""
    return and_(
        Case.restricted.is_(False), or_(Case.sensitivity == ORDINARY, cast(Case.barred, String) == "[]")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Standing:
    """One role that somebody has: their own, or that of a person they stand in for."""

    role: Role
    section: str
    marks: frozenset[str]


def _standings(person: Person) -> list[_Standing]:
    own = _Standing(person.role, person.section, _marks(person.officer_id, person.section))
    return [own, *(_Standing(p.role, p.section, _marks(p.officer_id, p.section)) for p in person.stands_for)]


def _marks(officer_id: int, section: str) -> frozenset[str]:
    return frozenset({officer_mark(officer_id)} | ({section_mark(section)} if section else set()))


def _unbarred(marks: frozenset[str]) -> ColumnElement[bool]:
    return and_(*(~listed(Case.barred, mark) for mark in sorted(marks)))


def _standing(person: Person, case: Case) -> frozenset[str]:
    """How the person stands to an unrestricted case, in the words of the table of levels.

    What was given to a person by name (经办人, 点名准许) passes to no stand-in; nor does the role of somebody barred.
    """
    found = {"claimer"} if case.officer_id == person.officer_id else set[str]()
    if officer_mark(person.officer_id) in (case.admitted or ()):
        found.add("admitted")
    for one in _standings(person):
        if one.marks & set(case.barred or ()):
            continue
        if one.role in WHOLE_BUREAU:
            found.add(str(one.role))
        if one.section and one.section == case.section_code:
            found |= {"section", "head"} if one.role is Role.HEAD else {"section"}
        if one.section and one.section in case.cooperating:
            found.add("cooperating")
        if one.section and _checks(one.section, case):
            found.add("legal")
    return frozenset(found)


def _checks(section: str, case: Case) -> bool:
    """Whether the section has to check legality now: as long as that is the step, and no longer."""
    return case.step == legal_mark(section) and case.state in UNDER_REVIEW


def _seen_at(person: Person, level: str) -> ColumnElement[bool]:
    """:func:`_standing` against one level, as a condition; ordinary cases bar nobody."""
    seen_by = levels()[level].seen_by
    found: list[ColumnElement[bool]] = []
    if "claimer" in seen_by:
        found.append(Case.officer_id == person.officer_id)
    if "admitted" in seen_by:
        found.append(listed(Case.admitted, officer_mark(person.officer_id)))
    for one in _standings(person):
        whole = one.role in WHOLE_BUREAU and str(one.role) in seen_by
        shown = [true()] if whole else _of_section(one, seen_by)
        if shown:
            found.append(or_(*shown) if level == ORDINARY else and_(or_(*shown), _unbarred(one.marks)))
    return or_(*found) if found else false()


def _of_section(one: _Standing, seen_by: frozenset[str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if one.section and ("section" in seen_by or ("head" in seen_by and one.role is Role.HEAD)):
        found.append(Case.section_code == one.section)
    if one.section and "cooperating" in seen_by:
        found.append(cooperates(one.section))
    if one.section and "legal" in seen_by:
        found.append(and_(Case.step == legal_mark(one.section), Case.state.in_(UNDER_REVIEW)))
    return found


def listed(column: Any, mark: str) -> ColumnElement[bool]:
    """Whether a JSON list of names holds ``mark`` (searched as text, alike on any database)."""
    named: ColumnElement[bool] = cast(column, String).contains(f'"{mark}"', autoescape=True)
    return named


def cooperates(section: str) -> ColumnElement[bool]:
    """Whether ``section`` is among the case's cooperating sections (a JSON list, searched as text on any database)."""
    return cast(Case.cooperating, String).contains(f'"{section}"', autoescape=True)


def relations(person: Person, case: Case) -> frozenset[str]:
    """How the person stands to the case (names of :data:`handlers.casework.moves.RELATIONS`); empty = may not act."""
    if person.role not in CASE_WORKERS or not may_see(person, case):
        return frozenset()
    if case.restricted:  # a report passes to no stand-in
        return frozenset({"recipient"} | ({"claimer"} if case.officer_id == person.officer_id else set()))
    found = {"claimer"} if case.officer_id in ids_of(person) else set[str]()
    admitted = officer_mark(person.officer_id) in (case.admitted or ())
    for one in _standings(person):
        if not one.marks & set(case.barred or ()):
            found |= _acting(one, case, admitted)
    return frozenset(found)


def _acting(one: _Standing, case: Case, admitted: bool) -> set[str]:
    found = {str(one.role)} if one.role in (Role.OFFICE, Role.LEADER) else set[str]()
    if one.role is not Role.LEADER and one.section:
        if one.section == case.section_code:
            found |= {"section", "head"} if one.role is Role.HEAD else {"section"}
        elif one.section in case.cooperating or admitted:
            found.add("cooperating")
        if _checks(one.section, case):
            found.add("legal")
    return found


def sees_all(person: Person) -> bool:
    """Whether the person, or somebody they stand in for, sees the whole bureau's cases."""
    return any(role in WHOLE_BUREAU for role in (person.role, *(one.role for one in person.stands_for)))


def standings_of(person: Person) -> list[tuple[Role, str]]:
    """Role and section of the person, and of each for whom they stand in."""
    return [(one.role, one.section) for one in _standings(person)]


def sections_of(person: Person) -> list[str]:
    """The own section and those of whom the person stands in for."""
    named = (person.section, *(one.section for one in person.stands_for))
    return list(dict.fromkeys(section for section in named if section))


def ids_of(person: Person) -> list[int]:
    """The own id and those of whom the person stands in for: whose claims count as one's own."""
    return [person.officer_id, *(one.officer_id for one in person.stands_for)]


def see(session: Session, person: Person, case_id: int) -> Case:
    """Return the case; raises :class:`NotFound` alike when it is absent and when the person may not know of it."""
    case = session.get(Case, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    return case
