"""Colleagues told: a notice to named officers about a case, as far as they may see it; a job pushes it out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.planning import office_of
from handlers.escalation.alerts import Doors, console_link, push, raise_once
from handlers.escalation.quiet import loud_from
from handlers.escalation.recipients import Roster
from handlers.organisation.wording import render
from handlers.records import Alert, Case, Officer

#: What colleagues tell each other; each has its text ``alert_<kind>``.
KINDS: Final = (
    "mention", "handover", "claim", "opinion", "returns", "signing", "sent_back", "seal", "extension",
    "extension_decided",
)  # fmt: skip


def tell(
    session: Session,
    core: Core,
    case: Case,
    kind: str,
    key: str,
    people: Iterable[Officer],
    now: datetime,
    *,
    colour: str = "",
) -> list[int]:
    """Raise a notice of ``kind`` (once for ``key``) to those of ``people`` who may see the case; return who is told.

    Whoever is away is told by way of their stand-in. Whoever may not see the case hears nothing: a notice would betray
    that there is such a case.
    """
    return raise_notice(
        session, core, case, kind, key, Roster(session, now).knowing(case, people), now, colour=colour
    )  # fmt: skip


def raise_notice(
    session: Session,
    core: Core,
    case: Case,
    kind: str,
    key: str,
    people: Iterable[Officer],
    now: datetime,
    *,
    colour: str = "",
    page: str = "",
    step: str = "",
    **fields: str,
) -> list[int]:
    """:func:`tell` for people who were looked up as fit to be told.

    ``page`` is the console's page that the link opens ("" = the case's); ``step`` names the record that says why, for
    the list of notices; ``fields`` are more of the wording's. What is pushed out carries no word of the citizen's.
    """
    told = [officer.id for officer in people]
    if not told:
        return []
    link = console_link(core, page or f"cases/{case.number}")
    text = render(core.profile(), f"alert_{kind}", number=case.number, link=link, **fields)
    values = {"kind": kind, "case_id": case.id, "recipients": told, "text": text, "colour": colour, "step": step}
    raised = raise_once(session, f"{kind}:{key}", values | {"created_at": now, "next_at": now})
    return told if raised is not None else []


def of_section(session: Session, code: str, *roles: str) -> list[Officer]:
    """The officers of a section in these roles (all of them when none is named)."""
    wanted = select(Officer).where(Officer.section_code == code, Officer.disabled.is_(False)).order_by(Officer.id)
    return [officer for officer in session.scalars(wanted) if not roles or officer.role in roles]


def push_notices(core: Core, now: datetime, doors: Doors, limit: int = 100) -> int:
    """Push every new notice to its people's devices (after quiet hours); return how many texts were queued."""
    wanted = select(Alert.id).where(Alert.state == "open", Alert.next_at <= now, Alert.kind.in_(KINDS))
    with core.database.read() as session:
        ids = session.scalars(wanted.order_by(Alert.next_at).limit(limit)).all()
    return sum(_push_one(core, alert_id, now, doors) for alert_id in ids)


def _push_one(core: Core, alert_id: int, now: datetime, doors: Doors) -> int:
    with core.database.write() as session:
        mine: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            update(Alert).where(Alert.id == alert_id, Alert.next_at <= now).values(next_at=None)
        )
        alert = session.get(Alert, alert_id, populate_existing=True)
        if mine.rowcount != 1 or alert is None:
            return 0
        roster, office = Roster(session, now), office_of(core.calendar(), core.profile())
        case = session.get(Case, alert.case_id)
        named = (officer for officer in map(roster.officer, alert.recipients) if officer and not officer.disabled)
        people = [officer for officer in named if case and roster.may_know(officer, case)]
        return push(session, alert, people, doors, now, send_at=loud_from(now, office.calendar, office.quiet))
