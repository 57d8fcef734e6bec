"""举报分办: its recipient finds out who is accused, and that decides where it may go — never to the accused."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers.accounts.roles import CASE_WORKERS
from handlers.casework import timing
from handlers.casework.access import Person, is_barred, staff_of
from handlers.casework.assign import check_section
from handlers.casework.doing import actor_of, begin, changed, drop_claim, keep_claim, required
from handlers.casework.restrict import lift
from handlers.casework.sensitivity import SCREENED, section_mark, stricter
from handlers.casework.states import ACCUSED_TYPES
from handlers.casework.units import check_unit, refer
from handlers.core import Core
from handlers.deadlines.worktime import local_day
from handlers.errors import InvalidInput
from handlers.escalation.urgent import tell_report_recipient
from handlers.records import Alert, Case, Officer


def dispatch_report(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    accused_type: str,
    section: str = "",
    unit: str = "",
    accused_section: str = "",
    demand: str = "",
    return_by: date | None = None,
    now: datetime,
) -> Case:
    """Record ``accused_type`` and send the report where that type may go.

    ``own_official`` and ``cadre``: to a ``unit`` (驻局纪检监察组, 机关纪委; 旗县区), and the case stays with
    its recipient alone. ``organisation``: to the ``section`` that enforces, which then sees it — unless
    ``accused_section`` (a section of ours that is concerned) is that very one; that one is kept out for good, so
    that no transfer, no cooperation, no list and no figure leads it there.
    """
    case = begin(session, person, case_id, version, "dispatch_report", now)
    if accused_type not in ACCUSED_TYPES:
        raise InvalidInput("请选择被举报的是谁。", "accused_type")
    if accused_type == "organisation":
        _to_section(core, case, section, accused_section)
    else:
        body = check_unit(core, unit)
        if body.kind == "affiliated":
            raise InvalidInput("本局直属单位不能承办涉及本局人员或村（居）干部的举报，请选监督机关或旗县区。", "unit")
        demand = required(demand, "demand", "请该单位核查的事项", 2000)
        back_by = return_by or core.calendar().add_workdays(local_day(now), 10)
        refer(session, core, case, person, body, "assign_down", demand, now, back_by)
        keep_claim(case, person, core, now)
    case.accused_type, case.needs_person = accused_type, False
    was_triage = case.state == "triage"
    to = "assigned" if accused_type == "organisation" else "with_unit"
    # The event names neither type nor place: whoever sees the case later must not be able to infer the accused.
    changed(session, core, case, actor_of(person), "dispatch_report", now, to=to)
    if was_triage:
        timing.triaged(session, core, case, now)
    return case


def hand_report(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, officer_id: int, now: datetime
) -> Case:
    """Pass a report to another recipient, for instance because it concerns its present one; that one is called."""
    case = begin(session, person, case_id, version, "hand_report", now)
    other = session.get(Officer, officer_id)
    able = other is not None and other.receives_reports and not other.disabled and other.role in CASE_WORKERS
    if other is None or not able or other.id == person.officer_id or is_barred(staff_of(other), case):
        raise InvalidInput("请选择另一位在岗的举报受理人。", "officer")
    drop_claim(case)
    case.restricted_to = other.id
    changed(session, core, case, actor_of(person), "hand_report", now, {"officer": other.id})
    waiting = update(Alert).where(Alert.case_id == case.id, Alert.kind == "report", Alert.state == "open")
    session.execute(waiting.values(next_at=now))
    tell_report_recipient(session, core, case.id, case.number, now)
    return case


def _to_section(core: Core, case: Case, section: str, accused_section: str) -> None:
    check_section(core, section)
    if section == accused_section:
        raise InvalidInput("举报不能交给被举报的科室办理，请另选。", "section")
    if accused_section:
        check_section(core, accused_section)
    barred = {section_mark(accused_section)} if accused_section else set[str]()
    if section_mark(section) in {*(case.barred or ()), *barred}:
        raise InvalidInput("该科室需要回避这一件，请另选科室。", "section")
    lift(case)
    case.barred = sorted({*(case.barred or ()), *barred})
    case.sensitivity = stricter(case.sensitivity or "", SCREENED)
    drop_claim(case)
    case.section_code = section
    case.cooperating = []
