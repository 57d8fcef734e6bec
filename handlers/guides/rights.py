"""Who may write and who may approve a guide."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.accounts.roles import Role
from handlers.casework.access import Person
from handlers.errors import NotAllowed


def may_write(person: Person, section: str) -> bool:
    """Whether the person keeps guides of this section: its officers and head, and the office."""
    if person.role is Role.OFFICE:
        return True
    return person.role in (Role.OFFICER, Role.HEAD) and person.section == section


def may_approve(person: Person, section: str, editors: Sequence[int]) -> bool:
    """Whether the person may put a draft in force: the section's head or the office, never who wrote any of it."""
    if person.officer_id in editors:
        return False
    return person.role is Role.OFFICE or (person.role is Role.HEAD and person.section == section)


def check_writer(person: Person, section: str) -> None:
    """Raise :class:`NotAllowed` unless :func:`may_write`."""
    if not may_write(person, section):
        raise NotAllowed("办事指南由负责科室的人员或办公室修改。")


def check_approver(person: Person, section: str, editors: Sequence[int]) -> None:
    """Raise :class:`NotAllowed` unless :func:`may_approve`."""
    if person.officer_id in editors:
        raise NotAllowed("您写过这一稿，请另一位同事（科室负责人或办公室）审核批准。")
    if not may_approve(person, section, editors):
        raise NotAllowed("办事指南由负责科室的负责人或办公室审核批准。")
