"""Who works here, for names and choices: a bureau has some dozens of officers, so a page reads them all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.records.officer import Officer
from handlers.records.once import once

_EVERYBODY: Final = select(
    Officer.id, Officer.login, Officer.name, Officer.role, Officer.section_code, Officer.receives_reports,
    Officer.disabled,
).order_by(Officer.id)  # fmt: skip
#: Who can be given a case of a section, in the order in which they are offered.
_GIVEN_CASES: Final = (Role.OFFICER, Role.OFFICE, Role.HEAD)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One officer as others see them; ``section`` is "" for the house's own roles."""

    id: int
    login: str
    name: str
    role: Role
    section: str
    receives_reports: bool
    disabled: bool


def listed(session: Session) -> list[Colleague]:
    """Return every officer, the disabled ones too, by id."""
    return once(session, "the directory of officers", lambda: [
        Colleague(ident, login, name, Role(role), section or "", receives, disabled)
        for ident, login, name, role, section, receives, disabled in session.execute(_EVERYBODY).tuples()
    ])  # fmt: skip


def names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of officers by their ids, for sentences."""
    wanted = {ident for ident in ids if ident is not None}
    return {one.id: one.name for one in listed(session) if one.id in wanted} if wanted else {}


def of_section(session: Session, section: str) -> list[Colleague]:
    """Return who can be given a case of a section, by role and sign-in name."""
    able = [
        one for one in listed(session)
        if one.section == section and not one.disabled and one.role in _GIVEN_CASES
    ]  # fmt: skip
    return sorted(able, key=lambda one: (_GIVEN_CASES.index(one.role), one.login))


def takers_of_reports(session: Session, roles: Iterable[Role]) -> list[Colleague]:
    """Return the named recipients of reports (举报受理人) among these roles."""
    kept = set(roles)
    return [one for one in listed(session) if one.receives_reports and not one.disabled and one.role in kept]
