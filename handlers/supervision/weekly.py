"""每周督办清单: what is late and which slips are open, as it stood on Monday morning, kept for every week."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handlers.casework.access import Person, visible_to
from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.deadlines.local import rule_words
from handlers.deadlines.ticking import ends_at, last_day
from handlers.deadlines.worktime import business_start, local_day
from handlers.records import Case, Clock, Officer, SupervisionSlip, WeeklyList
from handlers.supervision.access import slips_visible_to

_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class LateCase:
    """A case that was late on that Monday: facts as they stood, number and subject as they are now."""

    number: str
    subject: str
    section: str
    officer: str
    rule: str
    due: str
    days_late: int


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A slip that was open, waited for the office, or was settled in the week before."""

    slip_id: int
    number: str
    case_number: str
    section: str
    state: str
    due: str
    late: bool
    noticed: bool
    returns: int


@dataclass(frozen=True, slots=True)
class Week:
    """One list as this person may see it."""

    week: date
    made_at: datetime
    cases: list[LateCase]
    slips: list[SlipLine]


def list_week(core: Core, now: datetime) -> int:
    """Write this week's list once its Monday's business has begun; return 1 when it was written now.

    A scheduler that slept on Monday writes it when it wakes up. Two at once: the second finds the week taken.
    """
    monday = monday_of(local_day(now))
    if now < business_start(monday, core.profile().hours) - timedelta(hours=1):
        return 0
    with core.database.read() as session:
        if session.get(WeeklyList, monday) is not None:
            return 0
        rows, slips = _late_cases(session, core, now), _slips(session, core, now)
    with suppress(IntegrityError), core.database.write() as session:
        session.add(WeeklyList(week=monday, made_at=now, rows=rows, slips=slips))
        return 1
    return 0


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * _DAY


def weeks(session: Session, limit: int = 60) -> list[date]:
    """The weeks there are lists of, the latest first."""
    return list(session.scalars(select(WeeklyList.week).order_by(WeeklyList.week.desc()).limit(limit)))


def week_of(session: Session, core: Core, person: Person, week: date) -> Week | None:
    """Return the list of a week, or ``None``; only cases and slips that this person may see stand on it."""
    kept = session.get(WeeklyList, week)
    if kept is None:
        return None
    sections = core.profile().section_names
    names = dict(session.execute(select(Officer.id, Officer.name)).tuples().all())
    marked = [{**row, "rule": rule_words(core.profile(), row["rule"])} for row in kept.rows]
    return Week(week, kept.made_at, _read_cases(session, person, marked, sections, names),
                _read_slips(session, person, kept.slips, sections))  # fmt: skip


def _late_cases(session: Session, core: Core, now: datetime) -> list[dict[str, Any]]:
    late = select(Case).where(Case.state.in_(OPEN_STATES), Case.next_due_at <= now, Case.restricted.is_(False))
    cases = {case.id: case for case in session.scalars(late.order_by(Case.next_due_at, Case.id).limit(_MOST))}
    running = select(Clock).where(Clock.case_id.in_(cases), Clock.state == "running")
    worst: dict[int, Clock] = {}
    for clock in sorted(session.scalars(running), key=ends_at, reverse=True):
        worst[clock.case_id] = clock
    return [
        {
            "case": case.id, "section": case.section_code or core.profile().office, "officer": case.officer_id,
            "rule": worst[case.id].rule, "due": last_day(ends_at(worst[case.id])),
            "days": (local_day(now) - local_day(ends_at(worst[case.id]) - timedelta(seconds=1))).days,
        }
        for case in cases.values()
        if case.id in worst
    ]  # fmt: skip


def _slips(session: Session, core: Core, now: datetime) -> list[dict[str, Any]]:
    going = SupervisionSlip.state.in_(("open", "answered"))
    done = and_(SupervisionSlip.state == "accepted", SupervisionSlip.settled_at >= now - _WEEK)
    wanted = select(SupervisionSlip).where(or_(going, done)).order_by(SupervisionSlip.due_at, SupervisionSlip.id)
    return [
        {
            "slip": slip.id, "state": slip.state, "due": last_day(slip.due_at), "returns": slip.returns,
            "late": slip.due_at <= (slip.answered_at if slip.answered_at and slip.state != "open" else now),
            "noticed": slip.noticed_at is not None,
        }
        for slip in session.scalars(wanted.limit(_MOST))
    ]  # fmt: skip


def _read_cases(
    session: Session, person: Person, rows: Sequence[Any], sections: dict[str, str], names: dict[int, str]
) -> list[LateCase]:
    ids = [row["case"] for row in rows]
    wanted = select(Case.id, Case.number, Case.subject).where(Case.id.in_(ids), visible_to(person))
    known = {case_id: (number, subject) for case_id, number, subject in session.execute(wanted)}
    return [
        LateCase(*known[row["case"]], sections.get(row["section"], row["section"]),
                 names.get(row["officer"] or 0, ""), row["rule"], row["due"], row["days"])
        for row in rows
        if row["case"] in known
    ]  # fmt: skip


def _read_slips(session: Session, person: Person, rows: Sequence[Any], sections: dict[str, str]) -> list[SlipLine]:
    wanted = select(SupervisionSlip, Case.number).join(Case, Case.id == SupervisionSlip.case_id)
    wanted = wanted.where(SupervisionSlip.id.in_([row["slip"] for row in rows]), slips_visible_to(person))
    known = {slip.id: (slip, number) for slip, number in session.execute(wanted)}
    return [
        SlipLine(slip.id, slip.number, number, sections.get(slip.section_code, slip.section_code), row["state"],
                 row["due"], row["late"], row["noticed"], row["returns"])
        for row in rows
        if row["slip"] in known
        for slip, number in (known[row["slip"]],)
    ]  # fmt: skip
