"""The platform's window and quota after a citizen's own doing: opening it, reserving pushes, finding it shut."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, case, select, update
from sqlalchemy.orm import Session

from handlers.records.citizen import Citizen

#: Vendor codes: outside the window, count used up.
WINDOW_SHUT = "45015"
COUNT_USED = "45047"
#: Events that open a short window (菜单点击、关注、扫码); other events open none.
MINUTE_EVENTS: Final = frozenset({"click", "subscribe", "scan"})
MINUTE: Final = timedelta(minutes=1)
MINUTE_QUOTA: Final = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Until when how many pushes may go to one person (``until`` is exclusive)."""

    until: datetime
    left: int

    def open(self, now: datetime) -> bool:
        """Whether a push may go out now."""
        return self.left > 0 and now < self.until


def opened_by(kind: str, event: str, at: datetime, hours: float, quota: int) -> Window | None:
    """The window that a message or event of ``at`` opens, ``None`` for an event that opens none."""
    if kind != "event":
        return Window(at + timedelta(hours=hours), quota)
    return Window(at + MINUTE, MINUTE_QUOTA) if event.lower() in MINUTE_EVENTS else None


def better(current: Window | None, new: Window, now: datetime) -> Window:
    """Which of the two holds from now on: a long window with pushes left is not lost to a click on the menu."""
    keep = current is not None and current.open(now) and current.until > new.until
    return current if keep and current is not None else new


@dataclass(frozen=True, slots=True)
class Reserved:
    """``parts`` pushes taken from a citizen's count, in the window that ends at ``until``."""

    citizen_id: int
    parts: int
    until: datetime


def lock_citizens(session: Session, ids: Collection[int]) -> dict[int, Citizen]:
    """The citizens' rows by id, held until the transaction ends; one that is being written at this moment is left out.

    Nobody waits for a citizen while holding texts: the intake takes the citizen first and the texts later.
    """
    if not ids:
        return {}
    wanted = select(Citizen).where(Citizen.id.in_(ids)).with_for_update(skip_locked=True)
    return {row.id: row for row in session.scalars(wanted, execution_options={"populate_existing": True})}


def reserve(citizen: Citizen, parts: int, now: datetime) -> Reserved | None:
    """Take ``parts`` pushes from a locked citizen's count, or as many as are left; ``None`` when shut or used up."""
    if citizen.window_until is None or citizen.window_until <= now or citizen.window_left <= 0:
        return None
    taken = min(parts, citizen.window_left)
    citizen.window_left -= taken
    return Reserved(citizen.id, taken, citizen.window_until)


def hold(session: Session, reserved: Reserved) -> None:
    """Lock the citizen's row before the case's, in the order in which the intake takes them."""
    session.execute(select(Citizen.id).where(Citizen.id == reserved.citizen_id).with_for_update())


def give_back(session: Session, reserved: Reserved, parts: int, quota: int) -> None:
    """Undo :func:`reserve` for ``parts`` that were certainly not sent; a window opened anew meanwhile is left alone."""
    back = Citizen.window_left + parts
    _change(session, reserved, window_left=case((back > quota, quota), else_=back))


def shut(session: Session, reserved: Reserved) -> None:
    """Note what the platform said: nothing more goes to this citizen until they write again."""
    _change(session, reserved, window_left=0)


def _change(session: Session, reserved: Reserved, **values: object) -> None:
    changed = session.execute(
        update(Citizen)
        .where(Citizen.id == reserved.citizen_id, Citizen.window_until == reserved.until)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(changed, CursorResult)
