"""签收 and 放回: one officer takes a case, so that nobody else answers it unknowingly; and gives it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person, ids_of
from handlers.casework.doing import actor_of, begin, changed, check_claim, drop_claim, keep_claim, officer_name
from handlers.core import Core
from handlers.errors import Conflict
from handlers.records import Case
from handlers.signing.again import check_other_officer, first_officers


def claim(session: Session, core: Core, person: Person, case_id: int, version: int, now: datetime) -> Case:
    """Take the case; raises Conflict when another officer has it, or when it was given to another by name."""
    case = begin(session, person, case_id, version, "claim", now)
    check_claim(session, person, case, now)
    if case.state == "assigned" and case.officer_id not in (None, *ids_of(person)):
        raise Conflict(f"这件已指定由{officer_name(session, case.officer_id)}办理；要换人请科室负责人改派。")
    check_other_officer(session, case, person.officer_id)
    keep_claim(case, person, core, now)
    fresh = case.state in ("triage", "assigned", "reopened")
    was_triage = case.state == "triage"
    data: dict[str, object] = {"section": case.section_code} if case.section_code else {}
    data |= {"same": True} if case.officer_id in first_officers(session, case) else {}
    changed(session, core, case, actor_of(person), "claim", now, data, to="in_progress" if fresh else "")
    if was_triage:
        timing.triaged(session, core, case, now)
    return case


def release(session: Session, core: Core, person: Person, case_id: int, version: int, now: datetime) -> Case:
    """Give the case back to its section's queue; its drafts stay with it."""
    case = begin(session, person, case_id, version, "release", now)
    drop_claim(case)
    changed(session, core, case, actor_of(person), "release", now, to="assigned")
    return case
