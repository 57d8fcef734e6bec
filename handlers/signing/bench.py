"""Whom a bureau has for each step of a reply's way today, and who takes it where there is nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.organisation.profile import Profile
from handlers.records import Officer
from handlers.signing.holders import CHAIN, having
from handlers.signing.ways import STEPS, TAKERS

_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class Bench:
    """One step: its name, who takes it, whom the bureau has for it (in words, "" = nobody), who steps in for them."""

    name: str
    taker: str
    people: str
    instead: str


def benches(session: Session, profile: Profile) -> list[Bench]:
    """The steps in their usual order."""
    takers = dict(TAKERS) | {"legal": profile.section_names.get(profile.legal_section, TAKERS["legal"])}
    return [Bench(name, takers[step], _people(session, profile, step), _instead(step)) for step, name in STEPS.items()]


def _people(session: Session, profile: Profile, step: str) -> str:
    able = select(Officer).where(Officer.disabled.is_(False)).order_by(Officer.id)
    if step == "head":
        headed = {officer.section_code for officer in session.scalars(able.where(Officer.role == Role.HEAD))}
        without = [section.name for section in profile.sections if section.code not in headed]
        return _sections(len(profile.sections) - len(without), without)
    wanted = having(step, profile.legal_section)
    found = [officer.name for officer in session.scalars(able.where(wanted))] if wanted is not None else []
    return _listed(found, "人")


def _sections(headed: int, without: Sequence[str]) -> str:
    if not headed or not without:
        return "每个科室都有" if headed else ""
    return f"{headed} 个科室有；没有的：{_listed(without, '个')}"


def _listed(names: Sequence[str], unit: str) -> str:
    return "、".join(names[:_NAMED]) + (f"等 {len(names)} {unit}" if len(names) > _NAMED else "")


def _instead(step: str) -> str:
    others = [TAKERS[role] for role in CHAIN[step] if role != step]
    return f"由{'代，再没有就由'.join(others)}代" if others else "略过，办理页上写明"
