"""Who may see a case and how a person stands to it: as a predicate, and as the same condition for every query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, true
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, Role
from handlers.casework.sensitivity import ORDINARY, levels, officer_mark, section_mark
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
    if is_barred(person, case):
        return False
    return bool(_standing(person, case) & levels()[case.sensitivity or ORDINARY].seen_by)


def may_know(officer: Officer, case: Case) -> bool:
    """Whether an officer may hear of the case at all: what every notice to staff asks first."""
    return officer.role in CASE_READERS and may_see(staff_of(officer), case)


def is_barred(person: Person, case: Case) -> bool:
    """回避: whether the case is about this person or their section, whatever their role."""
    return bool(_marks(person) & set(case.barred or ()))


def visible_to(person: Person) -> ColumnElement[bool]:
    """:func:`may_see` as a condition on ``cases``: every list, count and search carries it."""
    if person.role not in CASE_READERS:
        return false()
    own = and_(Case.restricted.is_(True), Case.restricted_to == person.officer_id)
    # Ordinary cases first and by plain columns: the lists of names are only read where a case has a level at all.
    ordinary = _seen_at(person, ORDINARY)
    levelled = [and_(Case.sensitivity == code, _seen_at(person, code)) for code in levels() if code != ORDINARY]
    unbarred = and_(*(~listed(Case.barred, mark) for mark in sorted(_marks(person))))
    others = or_(
        and_(Case.sensitivity == ORDINARY, ordinary), and_(Case.sensitivity != ORDINARY, unbarred, or_(*levelled))
    )
    return or_(and_(Case.restricted.is_(False), others), own)


def countable() -> ColumnElement[bool]:
    """Cases that figures shown to many may count: none that somebody here must not know of, so that none infers it."""
    return and_(
        Case.restricted.is_(False), or_(Case.sensitivity == ORDINARY, cast(Case.barred, String) == "[]")
    )  # fmt: skip


def _marks(person: Person) -> frozenset[str]:
    section = {section_mark(person.section)} if person.section else set[str]()
    return frozenset({officer_mark(person.officer_id)} | section)


def _standing(person: Person, case: Case) -> frozenset[str]:
    """How the person stands to an unrestricted case, in the words of the table of levels."""
    found = {str(person.role)} if person.role in WHOLE_BUREAU else set[str]()
    if case.officer_id == person.officer_id:
        found.add("claimer")
    if officer_mark(person.officer_id) in (case.admitted or ()):
        found.add("admitted")
    if person.section and person.section == case.section_code:
        found |= {"section", "head"} if person.role is Role.HEAD else {"section"}
    if person.section and person.section in case.cooperating:
        found.add("cooperating")
    return frozenset(found)


def _seen_at(person: Person, level: str) -> ColumnElement[bool]:
    """:func:`_standing` against one level, as a condition."""
    seen_by = levels()[level].seen_by
    if person.role in WHOLE_BUREAU and str(person.role) in seen_by:
        return true()
    found: list[ColumnElement[bool]] = []
    if "claimer" in seen_by:
        found.append(Case.officer_id == person.officer_id)
    if "admitted" in seen_by:
        found.append(listed(Case.admitted, officer_mark(person.officer_id)))
    if person.section and ("section" in seen_by or ("head" in seen_by and person.role is Role.HEAD)):
        found.append(Case.section_code == person.section)
    if person.section and "cooperating" in seen_by:
        found.append(cooperates(person.section))
    return or_(*found) if found else false()


def listed(column: Any, mark: str) -> ColumnElement[bool]:
    """Whether a JSON list of names holds ``mark`` (searched as text, alike on any database)."""
    named: ColumnElement[bool] = cast(column, String).contains(f'"{mark}"', autoescape=True)
    return named


def cooperates(section: str) -> ColumnElement[bool]:
    """Whether ``section`` is among the case's cooperating sections (a JSON list, searched as text on any database)."""
    return listed(Case.cooperating, section)


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
        elif person.section in case.cooperating or officer_mark(person.officer_id) in (case.admitted or ()):
            found.add("cooperating")
    return frozenset(found)


def see(session: Session, person: Person, case_id: int) -> Case:
    """Return the case; raises :class:`NotFound` alike when it is absent and when the person may not know of it."""
    case = session.get(Case, case_id)
    if case is None or not may_see(person, case):
        raise NotFound("没有这件诉求，或者您无权查看。")
    return case
