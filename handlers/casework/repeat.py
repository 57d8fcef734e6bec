"""重复件: the same person about the same matter again; a mark that figures count, nothing else changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person, may_see
from handlers.casework.doing import actor_of, begin, changed
from handlers.casework.regroup import same_writer
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.neighbours.part import may_take_part
from handlers.records import Case


def mark_repeat(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, number: str, now: datetime
) -> Case:
    """Count the case as a repeat of ``number``, which must be older and the same person's."""
    case = begin(session, person, case_id, version, "mark_repeat", now)
    earlier = session.scalar(select(Case).where(Case.number == number.strip()))
    if earlier is None or not may_see(person, earlier):
        raise InvalidInput("没有这个编号的另一件诉求，请核对编号。", "number")
    if not (may_take_part(case) and may_take_part(earlier)):
        raise InvalidInput("受限、敏感的件和举报不作重复件统计。", "number")
    if earlier.id >= case.id:
        raise InvalidInput("重复的是后来的那一件：请在后一件里填前一件的编号。", "number")
    same_writer(session, case, earlier)
    case.repeat_of_id = earlier.id
    changed(session, core, case, actor_of(person), "mark_repeat", now, {"of": earlier.number})
    return case


def unmark_repeat(session: Session, core: Core, person: Person, case_id: int, version: int, *, now: datetime) -> Case:
    """Count the case as a first one again."""
    case = begin(session, person, case_id, version, "unmark_repeat", now)
    if case.repeat_of_id is None:
        raise InvalidInput("这件没有标为重复件。")
    case.repeat_of_id = None
    changed(session, core, case, actor_of(person), "unmark_repeat", now)
    return case
