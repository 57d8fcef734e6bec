"""交办, 转送 and 单位结果: cases given to bodies outside the sections, with a return date and what came back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, drop_claim, keep_claim, required
from handlers.casework.local import day
from handlers.casework.post import tell
from handlers.casework.promise import latest_words
from handlers.core import Core
from handlers.deadlines.worktime import business_start, end_of_day, local_day
from handlers.errors import InvalidInput
from handlers.organisation.profile import Unit
from handlers.records import Case, UnitReferral


def assign_down(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    unit: str,
    demand: str,
    return_by: date | None = None,
    now: datetime,
) -> UnitReferral:
    """交办: the unit does it, its result returns by the end of ``return_by`` (local date), we answer the citizen."""
    case = begin(session, person, case_id, version, "assign_down", now)
    body = check_unit(core, unit)
    demand = required(demand, "demand", "要求该单位做什么", 2000)
    back_by = return_by or _usual_return(core, case, now)
    if back_by < local_day(now):
        raise InvalidInput("回复期限已经过去，请改一个日期。", "return_by")
    referral = refer(session, core, case, person, body, "assign_down", demand, now, back_by)
    data: dict[str, Any] = {"unit": unit, "unit_name": body.name, "referral": referral.id}
    data["return_by"] = back_by.isoformat()
    was_triage = case.state == "triage"
    if was_triage and not case.restricted:
        data["section"] = case.section_code = case.section_code or core.profile().office
    keep_claim(case, person, core, now)
    changed(session, core, case, actor_of(person), "assign_down", now, data, to="with_unit")
    if was_triage:
        timing.triaged(session, core, case, now)
    if not case.sensitive:
        latest = latest_words(case.next_due_at, case.next_due_rule, core.profile())
        tell(session, core, case, "assigned_down", now, number=case.number, unit=body.name, latest=latest)
    return referral


def forward(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    unit: str,
    outer_number: str = "",
    note: str = "",
    now: datetime,
) -> UnitReferral:
    """转送: the unit is responsible; the citizen is told where and the case ends. ``outer_number`` is their 转办号."""
    case = begin(session, person, case_id, version, "forward", now)
    body = check_unit(core, unit)
    referral = refer(session, core, case, person, body, "forward", note.strip(), now)
    referral.outer_number = outer_number.strip()[:100]
    data = {"unit": unit, "unit_name": body.name, "referral": referral.id, "outer_number": referral.outer_number}
    case.result = "forwarded"
    case.result_evidence = f"{day(now)} 转{body.name}" + (
        f"，转办号 {referral.outer_number}" if referral.outer_number else ""
    )
    case.closed_at = now
    drop_claim(case)
    changed(session, core, case, actor_of(person), "forward", now, data, to="forwarded")
    _tell_forwarded(session, core, case, body, referral.outer_number, now)
    timing.answered(session, core, case, now, now)
    timing.ended(session, core, case, f"已转送{body.name}", now)
    return referral


def unit_result(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    text: str,
    referral_id: int | None = None,
    now: datetime,
) -> UnitReferral:
    """Enter what a unit without sign-in reported back; the case goes on when no other unit is still at it."""
    case = begin(session, person, case_id, version, "unit_result", now)
    waiting = list(session.scalars(_open_referrals(case.id)))
    referral = next((r for r in waiting if referral_id in (None, r.id)), None)
    if referral is None:
        raise InvalidInput("没有等待结果的交办单。", "referral")
    referral.result = required(text, "text", "单位的办理结果", 10_000)
    referral.state, referral.returned_at, referral.remind_at = "returned", now, None
    data = {"unit": referral.unit_code, "referral": referral.id}
    more = len(waiting) > 1
    changed(session, core, case, actor_of(person), "unit_result", now, data, to="" if more else "in_progress")
    return referral


def check_unit(core: Core, code: str) -> Unit:
    """The unit of that code; raises InvalidInput when there is none."""
    try:
        return core.profile().unit(code)
    except KeyError:
        raise InvalidInput("请选择一个单位。", "unit") from None


def refer(
    session: Session,
    core: Core,
    case: Case,
    person: Person,
    unit: Unit,
    way: str,
    demand: str,
    now: datetime,
    back_by: date | None = None,
) -> UnitReferral:
    """Write the referral; one with a return date is reminded at the start of the last working day before it."""
    remind = None
    if back_by is not None:
        eve = core.calendar().last_workday_on_or_before(back_by - timedelta(days=1))
        remind = max(now, business_start(eve, core.profile().hours))
    referral = UnitReferral(
        case_id=case.id,
        unit_code=unit.code,
        way=way,
        state="open" if way == "assign_down" else "done",
        demand=demand,
        return_by=end_of_day(back_by) if back_by else None,
        remind_at=remind,
        created_at=now,
        created_by=person.officer_id,
    )
    case.unit_code = unit.code
    session.add(referral)
    session.flush()
    return referral


def _open_referrals(case_id: int) -> Select[tuple[UnitReferral]]:
    wanted = select(UnitReferral).where(UnitReferral.case_id == case_id, UnitReferral.state == "open")
    return wanted.order_by(UnitReferral.id)


def _usual_return(core: Core, case: Case, now: datetime) -> date:
    """One working day before the case's own limit, at the earliest the next working day."""
    calendar = core.calendar()
    soonest = calendar.next_workday_on_or_after(local_day(now) + timedelta(days=1))
    if case.next_safe_due_at is None:
        return calendar.add_workdays(local_day(now), 5)
    return max(soonest, calendar.last_workday_on_or_before(local_day(case.next_safe_due_at) - timedelta(days=1)))


def _tell_forwarded(session: Session, core: Core, case: Case, unit: Unit, outer_number: str, now: datetime) -> None:
    if case.sensitive:  # a shared telephone must not tell the matter, nor who deals with it
        tell(session, core, case, "closed_note", now, number=case.number)
        return
    key = "transferred_not_ours" if case.topic == "not_ours" else "forwarded"
    tell(
        session, core, case, key, now, number=case.number, unit=unit.name, date=day(now),
        unit_phone=unit.phone, outer_number=outer_number,
    )  # fmt: skip
