"""分派, 转办, 退回: which section has the case, and whom its head or the office gives it to. Restarts no clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework import passing, timing
from handlers.casework.access import Person, relations, sections_of
from handlers.casework.doing import actor_of, begin, changed, drop_claim, required
from handlers.casework.post import tell_section
from handlers.core import Core
from handlers.errors import InvalidInput, NotAllowed
from handlers.records import Case, Officer
from handlers.signing.again import check_other_officer


def assign(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    section: str,
    officer_id: int | None = None,
    now: datetime,
) -> Case:
    """Give the case to a section, or to one of its officers by name. A head assigns within the own section only."""
    case = begin(session, person, case_id, version, "assign", now)
    check_section(core, section)
    if "office" not in relations(person, case) and section not in sections_of(person):
        raise NotAllowed("科室负责人只能在本科室内分派；给别的科室请用“转办”。")
    data: dict[str, Any] = {"section": section}
    drop_claim(case)
    if officer_id is not None:
        case.officer_id = data["officer"] = officer_of_section(session, officer_id, section).id
    data |= {"before": case.section_code} if case.section_code != section else {}
    _give(case, section)
    if case.officer_id is not None:
        check_other_officer(session, case, case.officer_id)
    was_triage = case.state == "triage"
    changed(session, core, case, actor_of(person), "assign", now, data, to="assigned")
    if was_triage:
        timing.triaged(session, core, case, now)
        tell_section(session, core, case, now)
    return case


def transfer(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    section: str,
    reason: str,
    now: datetime,
) -> Case:
    """Pass the case on to another section, with a reason (转办)."""
    case = begin(session, person, case_id, version, "transfer", now)
    check_section(core, section)
    reason = required(reason, "reason", "转办理由", 500)
    if section == case.section_code:
        raise InvalidInput("这件已在该科室，请选另一个科室。", "section")
    passing.check_passes(session, core, person, case)
    data = {"before": case.section_code, "section": section, "reason": reason}
    drop_claim(case)
    _give(case, section)
    changed(session, core, case, actor_of(person), "transfer", now, data, to="assigned")
    passing.bring_in_office(session, core, case, now)
    return case


def return_case(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, reason: str, now: datetime
) -> Case:
    """Give the case back to the office as not ours (退回); the office sees how often that happened, and how late."""
    case = begin(session, person, case_id, version, "return_case", now)
    reason = required(reason, "reason", "退回理由", 500)
    passing.check_passes(session, core, person, case)
    data: dict[str, Any] = {"before": case.section_code, "reason": reason}
    if passing.returned_late(session, core, person, case, now):
        data["late"] = True
    drop_claim(case)
    case.section_code = None
    case.returns += 1
    changed(session, core, case, actor_of(person), "return_case", now, data, to="triage")
    passing.bring_in_office(session, core, case, now)
    return case


def check_section(core: Core, section: str) -> str:
    """The section's name; raises InvalidInput when there is none of that code."""
    try:
        return core.profile().section(section).name
    except KeyError:
        raise InvalidInput("请选择一个科室。", "section") from None


def _give(case: Case, section: str) -> None:
    case.section_code = section
    case.needs_person = False
    case.cooperating = [code for code in case.cooperating if code != section]


def officer_of_section(session: Session, officer_id: int, section: str) -> Officer:
    """An officer who can take the section's cases; raises InvalidInput when this one cannot."""
    officer = session.get(Officer, officer_id)
    if officer is None or officer.disabled or officer.section_code != section:
        raise InvalidInput("请选择该科室在岗的经办人。", "officer")
    if officer.role not in (Role.OFFICER, Role.HEAD, Role.OFFICE):
        raise InvalidInput(f"{officer.name}不是经办人，不能承办。", "officer")
    return officer
