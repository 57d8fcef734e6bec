"""并案 and its undoing: two cases of one person about one thing go on as one; reports never do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, lock
from handlers.casework.grading import grade_of, raise_grade
from handlers.casework.guard import take_over
from handlers.casework.post import tell
from handlers.casework.regroup import other_case, same_writer
from handlers.core import Core
from handlers.errors import InvalidInput, MoveNotAllowed
from handlers.records import Case, CaseEvent


def merge(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, into_number: str, now: datetime
) -> Case:
    """Join the case to ``into_number``, whose page shows its messages from now on; returns that case."""
    case = begin(session, person, case_id, version, "merge", now)
    target = other_case(session, person, into_number, case)
    if "report" in (case.kind, target.kind) or case.restricted or target.restricted:
        raise InvalidInput("举报件不能与任何诉求合并。", "number")
    same_writer(session, case, target)
    before = case.state
    case.merged_into_id = target.id
    case.claim_until = None
    data = {"into": target.number, "into_id": target.id, "before": before}
    changed(session, core, case, actor_of(person), "merge", now, data, to="merged")
    target.unread = True
    raise_grade(target, grade_of(case))
    take_over(session, target, case)
    changed(session, core, target, actor_of(person), "merged_in", now, {"from_number": case.number, "from_id": case.id})
    timing.adopted(session, core, target, case, now)
    timing.ended(session, core, case, f"并入 {target.number}", now)
    tell(session, core, case, "merged", now, number=case.number, into_number=target.number)
    return target


def undo_merge(session: Session, core: Core, person: Person, case_id: int, version: int, *, now: datetime) -> Case:
    """Take a merged case out again: it stands where it stood, its limits counted from its own receipt."""
    case = begin(session, person, case_id, version, "undo_merge", now)
    wanted = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.action == "merge")
    event = session.scalars(wanted.order_by(CaseEvent.seq.desc()).limit(1)).first()
    target = lock(session, case.merged_into_id) if case.merged_into_id else None
    if event is None or target is None:
        raise MoveNotAllowed("找不到这次并案的记录，不能撤销；请重办这一件。")
    case.merged_into_id = None
    changed(session, core, case, actor_of(person), "undo_merge", now, {"into": target.number}, to=event.data["before"])
    timing.resumed(session, core, case, now)
    changed(session, core, target, actor_of(person), "merge_undone", now, {"from_number": case.number})
    timing.given_back(session, core, target, case, now)
    return case
