"""外出代班: who is away on a day, who stands in, and keeping the list. Inside the caller's transaction.

Nobody stands in for somebody while being away too, so that one look is enough and nothing goes round in circles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from handlers.accounts.roles import CASE_WORKERS, Role, StandIn
from handlers.errors import InvalidInput, NotAllowed, NotFound
from handlers.records.absence import Absence
from handlers.records.officer import Officer

_LONGEST: Final = 366


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One absence with the names of both."""

    absence: Absence
    who: str
    stand_in: str


def absent_on(session: Session, day: date) -> dict[int, Absence]:
    """Return who is away on a local day, by officer."""
    return {row.officer_id: row for row in session.scalars(select(Absence).where(*_covers(day, day)))}


def stood_for(session: Session, officer_id: int, day: date) -> tuple[StandIn, ...]:
    """Return for whom this officer stands in on a local day; whoever may no longer sign in passes nothing on."""
    return tuple(
        StandIn(officer.id, officer.name, Role(officer.role), officer.section_code or "")
        for officer in session.scalars(_stood_for(), {"officer_id": officer_id, "day": day})
        if officer.role in CASE_WORKERS
    )


@cache
def _stood_for() -> Select[tuple[Officer]]:
    wanted = select(Officer).join(Absence, Absence.officer_id == Officer.id)
    wanted = wanted.where(*_covers(bindparam("day"), bindparam("day")), Officer.disabled.is_(False))
    return wanted.where(Absence.stand_in_id == bindparam("officer_id")).order_by(Officer.id)


def absences(session: Session, today: date, officer_id: int | None = None) -> list[AbsenceLine]:
    """Return what is going on or still to come, soonest first: of one officer (as either of the two), or of all."""
    stand_in = aliased(Officer)
    wanted = select(Absence, Officer.name, stand_in.name).join(Officer, Officer.id == Absence.officer_id)
    wanted = wanted.join(stand_in, stand_in.id == Absence.stand_in_id)
    wanted = wanted.where(Absence.ended_at.is_(None), Absence.last_day >= today)
    if officer_id is not None:
        wanted = wanted.where(or_(Absence.officer_id == officer_id, Absence.stand_in_id == officer_id))
    return [AbsenceLine(*row) for row in session.execute(wanted.order_by(Absence.first_day, Absence.id))]


def stand_ins(session: Session) -> Sequence[Officer]:
    """Return who can stand in for somebody: everybody who works on cases."""
    able = Officer.disabled.is_(False), Officer.role.in_([role.value for role in CASE_WORKERS])
    return session.scalars(select(Officer).where(*able).order_by(Officer.section_code, Officer.id)).all()


def add_absence(
    session: Session,
    *,
    officer_id: int,
    stand_in_id: int,
    first: date,
    last: date,
    also: bool,
    why: str,
    by: int,
    today: date,
    now: datetime,
) -> Absence:
    """Note an absence. Raises InvalidInput (field at fault) saying what does not go together."""
    able = {officer.id: officer for officer in stand_ins(session)}
    if officer_id not in able:
        raise InvalidInput("请选择外出的人。", "officer")
    if stand_in_id not in able or stand_in_id == officer_id:
        raise InvalidInput("请选择由谁代班（不能是本人）。", "stand_in")
    if last < first:
        raise InvalidInput("结束日期早于开始日期。", "last")
    if last < today:
        raise InvalidInput("这段日子已经过去了。", "last")
    if (last - first).days >= _LONGEST:
        raise InvalidInput("一次最多一年；更久的请调整岗位。", "last")
    # Two who plan at the same moment are put in a row here.
    both = select(Officer.id).where(Officer.id.in_((officer_id, stand_in_id))).order_by(Officer.id)
    session.execute(both.with_for_update())
    for row in session.scalars(select(Absence).where(*_covers(first, last))):
        _check_clash(session, able, officer_id, stand_in_id, row)
    absence = Absence(
        officer_id=officer_id, stand_in_id=stand_in_id, first_day=first, last_day=last, also=also, why=why[:100],
        made_by=by, made_at=now,
    )  # fmt: skip
    session.add(absence)
    session.flush()
    return absence


def end_absence(session: Session, absence_id: int, by: int, now: datetime, *, everybody: bool) -> Absence:
    """Call an absence off, or end it early. ``everybody``: whether others' may be ended, too (the office)."""
    absence = session.get(Absence, absence_id, with_for_update=True)
    if absence is None:
        raise NotFound("没有这条外出登记。")
    if absence.officer_id != by and not everybody:
        raise NotAllowed("只有本人和办公室能结束外出。")
    if absence.ended_at is None:
        absence.ended_at, absence.ended_by = now, by
    return absence


def _check_clash(
    session: Session, people: dict[int, Officer], officer_id: int, stand_in_id: int, other: Absence
) -> None:
    if other.officer_id == officer_id:
        raise InvalidInput("这段日子里已经登记过外出，请先结束那一条。", "first")
    if other.officer_id == stand_in_id:
        raise InvalidInput(f"{people[stand_in_id].name}那几天也外出，请另选代班的人。", "stand_in")
    if other.stand_in_id == officer_id:
        name = session.scalar(select(Officer.name).where(Officer.id == other.officer_id))
        raise InvalidInput(f"那几天由{people[officer_id].name}代{name}的班，请先改由别人代。", "first")


def _covers(first: Any, last: Any) -> tuple[ColumnElement[bool], ...]:
    return Absence.ended_at.is_(None), Absence.first_day <= last, Absence.last_day >= first
