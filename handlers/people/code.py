"""核对码: sent to the sender on one channel, said on the telephone of another case; then both are one person."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.post import can_push, tell
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.people.join import both, join
from handlers.records import CaseContact, PersonCode, PersonLink
from handlers.records.of_case import may_hold

LASTS: Final = timedelta(hours=1)
TRIES: Final = 5
_OPEN: Final = (
    select(PersonCode)
    .where(PersonCode.case_id == bindparam("case_id"), PersonCode.used_at.is_(None))
    .where(PersonCode.expires_at > bindparam("now"), PersonCode.tries < TRIES)
    .order_by(PersonCode.id.desc())
    .limit(1)
)


def send_code(session: Session, core: Core, person: Person, case_id: int, number: str, now: datetime) -> PersonCode:
    """Send a code to the sender of one of the two cases; staff then call the telephone that the other one names.

    Whoever answers there and says the code holds both. Raises InvalidInput when neither way round is possible.
    """
    case, other = both(session, person, case_id, number)
    told, called = (case, other) if can_push(core, case) else (other, case)
    if not can_push(core, told):
        raise InvalidInput("两件都不在能主动发消息的渠道上，请打电话核实，选“打电话向本人核实”。", "number")
    phone = select(CaseContact.phone).where(CaseContact.case_id == called.id, CaseContact.role == "writer")
    if not session.scalar(phone):
        raise InvalidInput(f"{called.number} 没有留电话，不能用核对码。", "number")
    digits = f"{secrets.randbelow(1_000_000):06d}"
    row = PersonCode(
        case_id=case.id, other_case_id=other.id, digest=_digest(core, case.id, other.id, digits),
        made_by=person.officer_id, made_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(row)
    tell(session, core, told, "same_person_code", now, number=told.number, code=digits)
    session.flush()
    return row


def open_code(session: Session, case_id: int, now: datetime) -> PersonCode | None:
    """The code that is waited for on this case."""
    if not may_hold(session, PersonCode, case_id):
        return None
    return session.scalars(_OPEN, {"case_id": case_id, "now": now}).first()


def confirm_code(
    session: Session, core: Core, person: Person, case_id: int, number: str, said: str, now: datetime
) -> PersonLink | None:
    """Join the two when ``said`` is the code; ``None`` when it is not (that try is counted, so commit it).

    Raises InvalidInput when no code waits: never sent, over an hour old, or tried five times.
    """
    case, other = both(session, person, case_id, number)
    row = open_code(session, case.id, now)
    if row is None or row.other_case_id != other.id:
        raise InvalidInput("没有有效的核对码：可能已过一小时，或者试得太多。请重新发一个。", "code")
    row.tries += 1
    plain = "".join(c for c in said if c.isdecimal())
    if not secrets.compare_digest(row.digest, _digest(core, case.id, other.id, plain)):
        session.flush()
        return None
    row.used_at = now
    return join(session, core, person, case.id, number, how="code", reason="本人在电话里报出核对码", now=now)


def _digest(core: Core, case_id: int, other_id: int, digits: str) -> str:
    return core.vault.index(f"same-person:{case_id}:{other_id}:{digits}")
