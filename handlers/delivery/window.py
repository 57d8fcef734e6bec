"""The platform's window and quota after a citizen's own message: reserving a push, giving it back, finding it shut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, case, select, update
from sqlalchemy.orm import Session

from handlers.records.citizen import Citizen

#: Vendor codes: outside the window, count used up.
WINDOW_SHUT = "45015"
COUNT_USED = "45047"


@dataclass(frozen=True, slots=True)
class Reserved:
    """``parts`` pushes taken from a citizen's count, in the window that ends at ``until``."""

    citizen_id: int
    parts: int
    until: datetime


def reserve(session: Session, citizen_id: int, parts: int, now: datetime) -> Reserved | None:
    """Take ``parts`` pushes from the citizen's count, or ``None`` when the window is shut or too few are left."""
    citizen = session.get(Citizen, citizen_id, populate_existing=True)
    if citizen is None or citizen.window_until is None or citizen.window_until <= now:
        return None
    taken = session.execute(
        update(Citizen)
        .where(Citizen.id == citizen_id, Citizen.window_left >= parts, Citizen.window_until > now)
        .values(window_left=Citizen.window_left - parts)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)
    return Reserved(citizen_id, parts, citizen.window_until) if taken.rowcount == 1 else None


def hold(session: Session, reserved: Reserved) -> None:
    """Lock the citizen's row before the case's, in the order in which the intake takes them."""
    session.execute(select(Citizen.id).where(Citizen.id == reserved.citizen_id).with_for_update())


def give_back(session: Session, reserved: Reserved, quota: int) -> None:
    """Undo :func:`reserve` for a text that was certainly not sent; a window opened anew meanwhile is left alone."""
    back = Citizen.window_left + reserved.parts
    session.execute(
        update(Citizen)
        .where(Citizen.id == reserved.citizen_id, Citizen.window_until == reserved.until)
        .values(window_left=case((back > quota, quota), else_=back))
        .execution_options(synchronize_session=False)
    )


def shut(session: Session, reserved: Reserved) -> None:
    """Note what the platform said: nothing more goes to this citizen until they write again."""
    session.execute(
        update(Citizen)
        .where(Citizen.id == reserved.citizen_id, Citizen.window_until == reserved.until)
        .values(window_left=0)
        .execution_options(synchronize_session=False)
    )
