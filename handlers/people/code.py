"""核对码: given to the sender of one case, given back by the sender of another; then both are one person.

Two ways there: sent on the channel of the one, and said on the telephone of the other or typed on its progress page;
or read out by staff on the telephone of the one, and typed on the progress page of the other. The code is bound to its
direction: on the page of the case to whose sender it went it proves nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import lock
from handlers.casework.post import can_push, tell
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput
from handlers.people.join import both, join, link_people, not_joinable
from handlers.records import Case, CaseContact, PersonCode, PersonLink
from handlers.records.of_case import may_hold

LASTS: Final = timedelta(hours=1)
TRIES: Final = 5
_ALIVE: Final = (
    select(PersonCode)
    .where(PersonCode.used_at.is_(None), PersonCode.expires_at > bindparam("now"), PersonCode.tries < TRIES)
    .order_by(PersonCode.id.desc())
)
_OF_CASE: Final = _ALIVE.where(PersonCode.case_id == bindparam("case_id"))
_EITHER: Final = _ALIVE.where(
    or_(PersonCode.case_id == bindparam("case_id"), PersonCode.other_case_id == bindparam("case_id"))
)


def send_code(session: Session, core: Core, person: Person, case_id: int, number: str, now: datetime) -> PersonCode:
    """Send a code to the sender of one of the two cases; whoever gives it back for the other one holds both.

    Said on the other's telephone when staff call it, or typed on its progress page. Raises InvalidInput when neither
    sender can be sent anything.
    """
    case, other = both(session, person, case_id, number)
    told, asked = (case, other) if can_push(core, case) else (other, case)
    if not can_push(core, told):
        raise InvalidInput(
            "两件都不在能主动发消息的渠道上，请打电话：把核对码读给对方，或选“打电话向本人核实”。", "number"
        )
    digits = _digits()
    row = _keep(session, person, (case, other), _digest(core, "sent", told, asked, digits), now)
    key = "same_person_code" if _has_phone(session, asked) else "same_person_code_web"
    tell(session, core, told, key, now, number=told.number, code=digits)
    session.flush()
    return row


def read_out_code(
    session: Session, core: Core, person: Person, case_id: int, number: str, now: datetime
) -> tuple[str, str, str]:
    """Make a code that staff read out on the telephone of one case, to be typed on the progress page of the other.

    Return the six digits, the number of the case whose telephone is to be called, and of the one it is typed for.
    Raises InvalidInput when neither case names a telephone.
    """
    case, other = both(session, person, case_id, number)
    called, asked = (other, case) if _has_phone(session, other) else (case, other)
    if not _has_phone(session, called):
        raise InvalidInput("两件都没有留电话，核对码没有办法读给对方。", "number")
    digits = _digits()
    _keep(session, person, (case, other), _digest(core, "read", called, asked, digits), now)
    session.flush()
    return digits, called.number, asked.number


def open_code(session: Session, case_id: int, now: datetime) -> PersonCode | None:
    """The code that is waited for on this case."""
    if not may_hold(session, PersonCode, case_id):
        return None
    return session.scalars(_OF_CASE.limit(1), {"case_id": case_id, "now": now}).first()


def confirm_code(
    session: Session, core: Core, person: Person, case_id: int, number: str, said: str, now: datetime
) -> PersonLink | None:
    """Join the two when ``said`` is the code that was sent; ``None`` when not (that try is counted, so commit it).

    A code that staff read out themselves proves nothing here. Raises InvalidInput when no code waits: never sent, over
    an hour old, or tried five times.
    """
    case, other = both(session, person, case_id, number)
    waiting = session.scalars(_OF_CASE, {"case_id": case.id, "now": now})
    rows = [row for row in waiting if row.other_case_id == other.id]
    if not rows:
        raise InvalidInput("没有有效的核对码：可能已过一小时，或者试得太多。请重新发一个。", "code")
    ways = {_digest(core, "sent", told, asked, _plain(said)) for told, asked in ((case, other), (other, case))}
    for row in rows:
        row.tries += 1
    found = next((row for row in rows if row.digest in ways), None)
    session.flush()
    if found is None:
        return None
    found.used_at = now
    return join(session, core, person, case.id, number, how="code", reason="本人在电话里报出核对码", now=now)


def type_code(session: Session, core: Core, case_id: int, typed: str, now: datetime) -> bool:
    """Join what a code asks about when the sender of ``case_id`` typed it on its progress page; whether it was right.

    Everything that is not right looks alike — no code, another's, an old one, one tried five times, a case that takes
    no part — because nobody may learn here whether another person's case exists. A wrong try is counted: commit it.
    """
    rows = session.scalars(_EITHER, {"case_id": case_id, "now": now}).all()
    ids = sorted({case_id, *(ident for row in rows for ident in (row.case_id, row.other_case_id))})
    cases = {ident: case for ident in ids if (case := lock(session, ident)) is not None}
    for row in rows:
        session.refresh(row, with_for_update=True)
        row.tries += 1
    found = _fitting(core, rows, cases, case_id, _plain(typed), now)
    if found is not None:
        row, asked, given_to = found
        row.used_at = now
        try:
            reason = "本人在查询进度的页面上填了核对码"
            link_people(session, core, (asked, given_to), "code", reason, row.made_by, "citizen", now)
        except Conflict:
            pass  # staff were quicker: what the person wanted is so
    session.flush()
    return found is not None


def _fitting(
    core: Core, rows: Sequence[PersonCode], cases: dict[int, Case], case_id: int, digits: str, now: datetime
) -> tuple[PersonCode, Case, Case] | None:
    for row in rows:
        asked, other = cases.get(case_id), cases.get(row.case_id if row.other_case_id == case_id else row.other_case_id)
        if asked is None or other is None or row.used_at is not None or row.tries > TRIES or not_joinable(asked, other):
            continue
        if row.digest in {_digest(core, way, other, asked, digits) for way in ("sent", "read")}:
            return row, asked, other
    return None


def _keep(session: Session, person: Person, cases: tuple[Case, Case], digest: str, now: datetime) -> PersonCode:
    row = PersonCode(
        case_id=cases[0].id, other_case_id=cases[1].id, digest=digest, made_by=person.officer_id, made_at=now,
        expires_at=now + LASTS,
    )  # fmt: skip
    session.add(row)
    return row


def _has_phone(session: Session, case: Case) -> bool:
    phone = select(CaseContact.phone).where(CaseContact.case_id == case.id, CaseContact.role == "writer")
    return bool(session.scalar(phone))


def _digits() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def _plain(said: str) -> str:
    return "".join(c for c in said if c.isdecimal())


def _digest(core: Core, way: str, given_to: Case, asked: Case, digits: str) -> str:
    """``given_to`` is the case to whose sender the code went, ``asked`` the one whose sender gives it back."""
    return core.vault.index(f"same-person:{way}:{given_to.id}:{asked.id}:{digits}")
