"""Who works here: the roles of staff, and one signed-in officer as the pages see them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an officer may do (角色)."""

    OFFICER = "officer"
    HEAD = "head"
    OFFICE = "office"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLE_NAMES: Final[dict[Role, str]] = {
    Role.OFFICER: "经办",
    Role.HEAD: "科室负责人",
    Role.OFFICE: "办公室",
    Role.LEADER: "分管领导",
    Role.AUDITOR: "审计",
    Role.ADMIN: "管理员",
}

#: Roles that work on cases; auditors only read, admins keep reference data and see no case.
CASE_WORKERS: Final = (Role.OFFICER, Role.HEAD, Role.OFFICE, Role.LEADER)
CASE_READERS: Final = (*CASE_WORKERS, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who is away today and whose work another does: their role and section pass over for these days."""

    officer_id: int
    name: str
    role: Role
    section: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An officer behind a valid session. ``section`` is a section's code ("" = none), ``csrf`` the session's secret.

    ``stands_for``: who is away and has named this officer (外出代班).
    """

    officer_id: int
    login: str
    name: str
    role: Role
    section: str
    csrf: str = ""
    receives_reports: bool = False
    must_change_password: bool = False
    stands_for: tuple[StandIn, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """The own role and those stood in for."""
        return frozenset({self.role, *(one.role for one in self.stands_for)})

    @property
    def role_name(self) -> str:
        """The role in Chinese."""
        return ROLE_NAMES[self.role]
