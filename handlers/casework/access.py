"""Who may see a case and how a person stands to it: as a predicate, and as the same condition for every query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, String, and_, cast, false, or_
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, Role
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


@dataclass(frozen=True, slots=True)
class Staff:
    """A plain :class:`Person`."""

    officer_id: int
    name: str
    role: Role
    section: str = ""


def staff_of(officer: Officer) -> Staff:
    """The officer's row as a :class:`Person`."""
    return Staff(officer.id, officer.name, Role(officer.role), officer.section_code or "")


def may_see(person: Person, case: Case) -> bool:
    """Whether ``person`` may see the case and everything that hangs on it."""
    if person.role not in CASE_READERS:
        return False
    if case.restricted:
        return case.restricted_to == person.officer_id
    if person.role in WHOLE_BUREAU:
        return True
    return bool(person.section) and (case.section_code == person.section or person.section in case.cooperating)


def visible_to(person: Person) -> ColumnElement[bool]:
    """:func:`may_see` as a condition on ``cases``: every list, count and search carries it."""
    if person.role not in CASE_READERS:
        return false()
    own = and_(Case.restricted.is_(True), Case.restricted_to == person.officer_id)
    if person.role in WHOLE_BUREAU:
        return or_(Case.restricted.is_(False), own)
    if not person.section:
        return own
    shared = or_(Case.section_code == person.section, cooperates(person.section))
    return or_(and_(Case.restricted.is_(False), shared), own)


def cooperates(section: str) -> ColumnElement[bool]:
    """Whether ``section`` is among the case's cooperating sections (a JSON list, searched as text on any database)."""
    return cast(Case.cooperating, String).contains(f'"{section}"', autoescape=True)


def relations(person: Person, case: Case) -> frozenset[str]:
    """How the person stands to the case (names of :data:`handlers.casework.moves.RELATIONS`); empty = may not act."""
    if person.role not in CASE_WORKERS or not may_see(person, case):
        return frozenset()
    found = {"claimer"} if case.officer_id == person.officer_id else set[str]()
    if case.restricted:
        return frozenset(found | {"recipient"})
    if person.role in (Role.OFFICE, Role.LEADER):
        found.add(str(person.role))
    if person.role is not Role.LEADER and person.section:
        if person.section == case.section_code:
            found |= {"section", "head"} if person.role is Role.HEAD else {"section"}
        elif person.section in case.cooperating:
            found.add("cooperating")
    return frozenset(found)


def see(session: Session, person: Person, case_id: int) -> Case:
    """Return the case; raises :class:`NotFound` alike when it is absent and when the person may not know of it."""
    case = session.get(Case, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    return case
