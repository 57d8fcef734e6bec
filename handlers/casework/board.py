"""The office board's figures: what waits, what is about to be late, what is late — by section, in two queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from handlers.casework.access import Person, visible_to
from handlers.casework.queues import due_soon, late
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.records import Case, Delivery, Message


@dataclass(frozen=True, slots=True)
class SectionFigures:
    """The open cases of one section (``code`` "" = with no section yet)."""

    code: str
    name: str
    open: int
    unclaimed: int
    due_soon: int
    late: int
    urgent: int
    in_review: int
    with_unit: int
    to_deliver: int
    answered: int
    unread: int
    supervised: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands outside the ordinary: counts of parked messages, deliveries that failed, that nobody can judge."""

    parked: int
    failed: int
    unknown: int


def figures(session: Session, core: Core, person: Person, now: datetime) -> list[SectionFigures]:
    """One row per section of the profile, in its order, and first the cases without one; zeros included."""
    conditions = _conditions(person, now)
    sums = [func.sum(when((condition, 1), else_=0)) for condition in conditions.values()]
    code = func.coalesce(Case.section_code, "")
    wanted = select(code, func.count(), *sums).where(visible_to(person), Case.state.in_(OPEN_STATES)).group_by(code)
    rows = {row[0]: [int(n) for n in row[1:]] for row in session.execute(wanted)}
    names = {"": "待分派"} | core.profile().section_names
    names |= {gone: gone for gone in rows if gone not in names}
    empty = [0] * (len(conditions) + 1)
    return [SectionFigures(code, name, *rows.get(code, empty)) for code, name in names.items()]


def totals(rows: list[SectionFigures]) -> SectionFigures:
    """The last line of the board's table."""
    fields = [name for name in SectionFigures.__dataclass_fields__ if name not in ("code", "name")]
    return SectionFigures("", "合计", *(sum(getattr(row, name) for row in rows) for name in fields))


def trouble(session: Session, person: Person) -> Trouble:
    """Parked messages and undelivered texts that this person may know of."""
    hidden_parked = or_(Message.case_id.is_(None), visible_to(person))
    parked = select(func.count()).select_from(Message).outerjoin(Case, Case.id == Message.case_id)
    parked = parked.where(Message.state == "parked", hidden_parked)
    states = select(Delivery.state, func.count()).outerjoin(Case, Case.id == Delivery.case_id)
    states = states.where(Delivery.state.in_(("failed", "unknown")), ~settled_by_hand(), _known(person))
    found = dict(session.execute(states.group_by(Delivery.state)).tuples().all())
    return Trouble(session.scalar(parked) or 0, found.get("failed", 0), found.get("unknown", 0))


def settled_by_hand() -> ColumnElement[bool]:
    """A failed text that a person has dealt with (given up, told by telephone instead), or a recorded vain attempt.

    A follower's notice that did not arrive is nobody's work: they look it up, and the person concerned is told anyhow.
    """
    done = Delivery.vendor_code.in_(("given_up", "superseded", "attempt"))
    return or_(and_(Delivery.state == "failed", done), Delivery.purpose == "follower")


def _known(person: Person) -> ColumnElement[bool]:
    return or_(Delivery.case_id.is_(None), visible_to(person))


def _conditions(person: Person, now: datetime) -> dict[str, ColumnElement[bool]]:
    return {
        "unclaimed": and_(Case.state.in_(("assigned", "reopened")), Case.officer_id.is_(None)),
        "due_soon": due_soon(person, now),
        "late": late(person, now),
        "urgent": Case.urgent.is_(True),
        "in_review": Case.state.in_(("in_review", "to_issue")),
        "with_unit": Case.state == "with_unit",
        "to_deliver": Case.state == "to_deliver",
        "answered": Case.state == "answered",
        "unread": Case.unread.is_(True),
        "supervised": Case.supervised.is_(True),
    }
