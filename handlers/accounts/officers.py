"""Keeping the list of officers: add, change, disable, enable, reset a password. Inside the caller's transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts import passwords
from handlers.accounts.roles import Role
from handlers.accounts.sessions import end_sessions
from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.records.officer import Officer

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_LONGEST_NAME: Final = 60
#: Roles that work in one section and see only its cases.
SECTION_ROLES: Final = frozenset({Role.OFFICER, Role.HEAD})


def add(
    session: Session,
    *,
    login: str,
    name: str,
    role: Role,
    section: str,
    sections: Collection[str],
    now: datetime,
    receives_reports: bool = False,
    password: str = "",
    password_hash: str = "",
) -> tuple[Officer, str]:
    """Add an officer; return the row and the first password (made up unless given, to be changed when made up).

    ``password_hash`` may stand for a password that is known already (then "" is returned).
    ``sections`` are the codes the profile knows. Raises InvalidInput (``field`` says where), Conflict (name taken).
    """
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise InvalidInput("登录名用小写字母开头，只含字母、数字和 . _ -，2 到 40 个字符。", "login")
    _check_name(name)
    _check_section(role, section, sections)
    if session.scalar(select(Officer.id).where(Officer.login == login)) is not None:
        raise Conflict(f"登录名 {login} 已有人使用，请换一个。")
    first = password or ("" if password_hash else passwords.temporary())
    officer = Officer(
        login=login,
        name=name.strip(),
        role=role.value,
        section_code=section or None,
        receives_reports=receives_reports,
        addresses={},
        password_hash=password_hash or passwords.hashed(first),
        must_change_password=not (password or password_hash),
        created_at=now,
    )
    session.add(officer)
    session.flush()
    return officer, first


def change(session: Session, login: str, *, name: str, role: Role, section: str, sections: Collection[str]) -> Officer:
    """Change name, role and section. Raises NotFound, InvalidInput, Conflict (the last admin must stay one)."""
    officer = by_login(session, login)
    _check_name(name)
    _check_section(role, section, sections)
    if officer.role == Role.ADMIN and role is not Role.ADMIN:
        _keep_an_admin(session, officer)
    officer.name, officer.role, officer.section_code = name.strip(), role.value, section or None
    return officer


def disable(session: Session, login: str, now: datetime) -> Officer:
    """Stop an officer from signing in and end the open sessions. Raises NotFound, Conflict (the last admin)."""
    officer = by_login(session, login)
    if officer.role == Role.ADMIN:
        _keep_an_admin(session, officer)
    officer.disabled = True
    end_sessions(session, officer.id, now)
    return officer


def enable(session: Session, login: str) -> Officer:
    """Let a disabled officer sign in again. Raises NotFound."""
    officer = by_login(session, login)
    officer.disabled, officer.failures, officer.locked_until = False, 0, None
    return officer


def reset_password(session: Session, login: str, now: datetime) -> str:
    """Give a made-up password that must be changed; ends sessions and lifts a lock. Raises NotFound."""
    officer = by_login(session, login)
    first = passwords.temporary()
    officer.password_hash, officer.must_change_password = passwords.hashed(first), True
    officer.failures, officer.locked_until = 0, None
    end_sessions(session, officer.id, now)
    return first


def by_login(session: Session, login: str) -> Officer:
    """Return the officer of a sign-in name. Raises NotFound."""
    officer = session.scalar(select(Officer).where(Officer.login == login.strip().lower()))
    if officer is None:
        raise NotFound(f"没有登录名为 {login} 的人员。")
    return officer


def everybody(session: Session) -> Sequence[Officer]:
    """Return all officers, the disabled ones last."""
    return session.scalars(select(Officer).order_by(Officer.disabled, Officer.section_code, Officer.login)).all()


def _check_name(name: str) -> None:
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise InvalidInput(f"请填写姓名，最多 {_LONGEST_NAME} 个字。", "name")


def _check_section(role: Role, section: str, sections: Collection[str]) -> None:
    if section and section not in sections:
        raise InvalidInput("没有这个科室。", "section")
    if role in SECTION_ROLES and not section:
        raise InvalidInput("经办和科室负责人必须属于一个科室。", "section")


def _keep_an_admin(session: Session, leaving: Officer) -> None:
    others = select(Officer.id).where(
        Officer.role == Role.ADMIN.value, Officer.disabled.is_(False), Officer.id != leaving.id
    )
    if session.scalar(others.limit(1)) is None:
        raise Conflict("这是最后一个管理员，不能停用或改换角色；请先添加另一个管理员。")
