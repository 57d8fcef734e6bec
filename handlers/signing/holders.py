"""Who can take a step of a reply's way: those who have the part, who stands in for them, and who does where none is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from handlers.accounts.absences import absent_on
from handlers.accounts.roles import Role
from handlers.casework.access import is_barred, staff_of
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.records import Case, Officer

#: Who takes a step where nobody has that part, or only whoever has acted on the text before.
CHAIN: Final = MappingProxyType(
    {
        "head": ("head", "office", "leader"),
        "legal": ("legal",),
        "office": ("office", "leader"),
        "leader": ("leader", "office"),
    }
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a step waits for: ``role`` takes it (often the step's own code), ``people`` are they.

    ``alone``: the bureau has nobody for it who has not acted on this text before.
    """

    step: str
    role: str
    people: tuple[int, ...]
    alone: bool


def holder_of(
    session: Session, core: Core, case: Case, step: str, acted: Collection[int], now: datetime
) -> Holder | None:
    """Return who takes ``step`` when ``acted`` have had the text before; ``None`` when the bureau has nobody at all.

    Whoever is away is there all the same (a phone is enough), and so is their stand-in.
    """
    groups = [(role, people_of(session, core, case, role, now)) for role in CHAIN[step]]
    for role, people in groups:
        fresh = tuple(ident for ident in people if ident not in acted)
        if fresh:
            return Holder(step, role, fresh, alone=False)
    for role, people in groups:
        if people:
            return Holder(step, role, tuple(people), alone=True)
    return None


def people_of(session: Session, core: Core, case: Case, role: str, now: datetime) -> list[int]:
    """The ids of who has a part in this case today, stand-ins included, and nobody whom the case is about."""
    section = case.section_code if role == "head" else core.profile().legal_section
    wanted = having(role, section)
    if wanted is None:
        return []
    able = select(Officer).where(Officer.disabled.is_(False), wanted).order_by(Officer.id)
    named = [officer for officer in session.scalars(able) if not is_barred(staff_of(officer), case)]
    away = absent_on(session, local_day(now))
    standing_in = [away[officer.id].stand_in_id for officer in named if officer.id in away]
    found = [officer.id for officer in named] + [ident for ident in standing_in if _able(session, ident, case)]
    return list(dict.fromkeys(found))


def having(role: str, section: str | None) -> ColumnElement[bool] | None:
    """Officers who have a part: ``section`` is the case's own for a head, the one that checks legality for that."""
    if role in ("office", "leader"):
        return Officer.role == role
    roles: Sequence[str] = (Role.HEAD,) if role == "head" else (Role.HEAD, Role.OFFICER)
    return and_(Officer.section_code == section, Officer.role.in_(roles)) if section else None


def _able(session: Session, ident: int, case: Case) -> bool:
    officer = session.get(Officer, ident)
    return officer is not None and not officer.disabled and not is_barred(staff_of(officer), case)
