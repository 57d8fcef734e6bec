"""Who may see a case and how a person stands to it: as a predicate, and as the same condition for every query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, String, and_, cast, false, or_
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, Role, StandIn
from handlers.errors import NotFound
from handlers.records import Case, Officer

#: Roles that see the whole bureau's cases (a restricted case still only its recipient).
WHOLE_BUREAU = (Role.OFFICE, Role.LEADER, Role.AUDITOR)


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


def staff_of(officer: Officer) -> Staff:
    """The officer's row as a :class:`Person`."""
    return Staff(officer.id, officer.name, Role(officer.role), officer.section_code or "")


def may_see(person: Person, case: Case) -> bool:
    """Whether ``person`` may see the case and everything that hangs on it."""
    if person.role not in CASE_READERS:
        return False
    if case.restricted:
        return case.restricted_to == person.officer_id
    if sees_all(person):
        return True
    return any(case.section_code == section or section in case.cooperating for section in sections_of(person))


def visible_to(person: Person) -> ColumnElement[bool]:
    """:func:`may_see` as a condition on ``cases``: every list, count and search carries it."""
    if person.role not in CASE_READERS:
        return false()
    own = and_(Case.restricted.is_(True), Case.restricted_to == person.officer_id)
    if sees_all(person):
        return or_(Case.restricted.is_(False), own)
    sections = sections_of(person)
    if not sections:
        return own
    shared = or_(Case.section_code.in_(sections), *(cooperates(section) for section in sections))
    return or_(and_(Case.restricted.is_(False), shared), own)


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
    for role, section in ((person.role, person.section), *((one.role, one.section) for one in person.stands_for)):
        found |= _standing(role, section, case)
    return frozenset(found)


def _standing(role: Role, section: str, case: Case) -> set[str]:
    found = {str(role)} if role in (Role.OFFICE, Role.LEADER) else set[str]()
    if role is not Role.LEADER and section:
        if section == case.section_code:
            found |= {"section", "head"} if role is Role.HEAD else {"section"}
        elif section in case.cooperating:
            found.add("cooperating")
    return found


def sees_all(person: Person) -> bool:
    """Whether the person, or somebody they stand in for, sees the whole bureau's cases."""
    return any(role in WHOLE_BUREAU for role in (person.role, *(one.role for one in person.stands_for)))


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
