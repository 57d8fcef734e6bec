"""The local overrides of time limits in their table: what is in force, and putting others in their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.organisation.profile import LimitOverride
from handlers.records import LimitOverrideRow

_FIELDS: Final = ("rule", "length", "extension", "approver", "name", "active", "confirmed", "source")
_LOADED: Final = "随机构资料载入"


def rows_in_force(session: Session) -> Sequence[LimitOverrideRow]:
    """Return the last row of each rule that was not undone, by rule."""
    alive = LimitOverrideRow.undone_at.is_(None)
    last = select(func.max(LimitOverrideRow.id)).where(alive).group_by(LimitOverrideRow.rule)
    wanted = select(LimitOverrideRow).where(LimitOverrideRow.id.in_(last)).order_by(LimitOverrideRow.rule)
    return session.scalars(wanted).all()


def overrides_in_force(session: Session) -> list[dict[str, Any]]:
    """Return them as a profile holds them."""
    return [{name: getattr(row, name) for name in _FIELDS} for row in rows_in_force(session)]


def add_override(session: Session, override: LimitOverride, why: str, officer_id: int | None, now: datetime) -> None:
    """Write one more; it is in force from now."""
    session.add(LimitOverrideRow(**override.model_dump(), why=why, officer_id=officer_id, at=now))
    session.flush()


def replace_overrides(session: Session, overrides: Iterable[LimitOverride], now: datetime) -> None:
    """Put those of a loaded profile in place of what is in force; equal ones stay untouched with who and when."""
    wanted = {override.rule: override for override in overrides}
    for row in rows_in_force(session):
        if LimitOverride(**{name: getattr(row, name) for name in _FIELDS}) == wanted.get(row.rule):
            del wanted[row.rule]
            continue
        mine = LimitOverrideRow.rule == row.rule, LimitOverrideRow.undone_at.is_(None)
        for old in session.scalars(select(LimitOverrideRow).where(*mine)):
            old.undone_at, old.undone_why = now, _LOADED
    for override in wanted.values():
        add_override(session, override, _LOADED, None, now)
