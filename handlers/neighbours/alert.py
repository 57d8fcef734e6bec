"""Alert: five or more people write of one matter within a day; the office is told once a day and group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from handlers.core import Core
from handlers.deadlines.planning import office_of
from handlers.deadlines.worktime import local_day
from handlers.escalation.alerts import Doors, console_link, push, raise_once
from handlers.escalation.quiet import loud_from
from handlers.escalation.recipients import Roster
from handlers.neighbours.part import takes_part
from handlers.organisation.wording import render
from handlers.records import Alert, Case, Citizen, Message, SimilarPair
from handlers.understanding.likeness.measures import GROUP, GROUP_LINKS, GROUP_SPAN

KIND: Final = "similar"

#: Two messages, their cases, the people who wrote them, when they were received.
_Pair = tuple[int, int, int, int, int, int, datetime, datetime]


@dataclass(slots=True)
class Group:
    """Letters that hang together by likeness: their cases, and the different people who wrote them."""

    cases: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


def alert_similar(core: Core, now: datetime, doors: Doors) -> int:
    """Tell the office of every group of the last day that it has not been told of since; return how many."""
    with core.database.read() as session:
        groups = [group for group in groups_of_the_day(session, now) if not _told(session, group, now)]
    return sum(_tell(core, group, now, doors) for group in groups)


def groups_of_the_day(session: Session, now: datetime) -> list[Group]:
    """Return the groups with letters of the last 24 hours by at least five different people.

    Letters hang together when a chain of similar ones of the last days leads from one to the other: people who share a
    matter seldom share all their words. ``cases`` and ``people`` are those of the last 24 hours.
    """
    rows = session.execute(_pairs_since(now)).all()
    groups: dict[int, Group] = defaultdict(Group)
    roots = _joined(rows)
    for row in rows:
        group = groups[_root(roots, row.one)]
        for case_id, person, received_at in (
            (row.case_id, row.person, row.one_at),
            (row.other_case, row.other_person, row.other_at),
        ):
            if received_at > now - GROUP_SPAN:
                group.cases.add(case_id)
                group.people.add(person)
    return sorted((g for g in groups.values() if len(g.people) >= GROUP), key=lambda group: min(group.cases))


def _pairs_since(now: datetime) -> Select[_Pair]:
    one, other = aliased(Message), aliased(Message)
    case, other_case = aliased(Case), aliased(Case)
    citizen, other_citizen = aliased(Citizen), aliased(Citizen)
    since = now - GROUP_LINKS
    return (
        select(
            SimilarPair.message_id.label("one"),
            SimilarPair.other_id.label("other"),
            case.id.label("case_id"),
            other_case.id.label("other_case"),
            func.coalesce(citizen.person_id, citizen.id).label("person"),
            func.coalesce(other_citizen.person_id, other_citizen.id).label("other_person"),
            one.received_at.label("one_at"),
            other.received_at.label("other_at"),
        )
        .join(one, one.id == SimilarPair.message_id)
        .join(other, other.id == SimilarPair.other_id)
        .join(case, case.id == one.case_id)
        .join(other_case, other_case.id == other.case_id)
        .join(citizen, citizen.id == one.citizen_id)
        .join(other_citizen, other_citizen.id == other.citizen_id)
        .where(
            SimilarPair.at > since,
            SimilarPair.message_id < SimilarPair.other_id,
            one.received_at > since,
            other.received_at > since,
            takes_part(case),
            takes_part(other_case),
        )
    )


def _joined(rows: Sequence[Row[_Pair]]) -> dict[int, int]:
    roots: dict[int, int] = {}
    for row in rows:
        first, second = sorted((_root(roots, row.one), _root(roots, row.other)))
        roots[second] = first
    return roots


def _root(roots: dict[int, int], message_id: int) -> int:
    while roots.get(message_id, message_id) != message_id:
        message_id = roots[message_id]
    return message_id


def _told(session: Session, group: Group, now: datetime) -> bool:
    recent = (Alert.kind == KIND, Alert.case_id.in_(group.cases), Alert.created_at > now - GROUP_SPAN)
    return session.scalar(select(Alert.id).where(*recent).limit(1)) is not None


def _tell(core: Core, group: Group, now: datetime, doors: Doors) -> int:
    # Another process that tells the office at this very moment has told it: its unique key refuses ours.
    with suppress(IntegrityError), core.database.write() as session:
        wanted = select(Case).where(Case.id == min(group.cases), takes_part()).with_for_update()
        case = session.scalars(wanted).one_or_none()
        if case is None:
            return 0
        told = Roster(session, now).office()
        link = console_link(core, f"cases/{case.number}/similar")
        text = render(core.profile(), "alert_similar", count=len(group.people), number=case.number, link=link)
        recipients = [officer.id for officer in told]
        values = {"kind": KIND, "case_id": case.id, "recipients": recipients, "text": text, "colour": "orange"}
        key = f"{KIND}:{case.id}:{local_day(now).isoformat()}"
        alert = raise_once(session, key, values | {"created_at": now})
        if alert is None:
            return 0
        office = office_of(core.calendar(), core.profile())
        push(session, alert, told, doors, now, send_at=loud_from(now, office.calendar, office.quiet))
        data = {"alert": alert.id, "kind": KIND, "told": recipients}
        core.ledger.append(session, case.id, "system", "reminded", now, data)
        return 1
    return 0
