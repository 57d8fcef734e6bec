"""请协办 and 协办意见: another section's opinion, without the case changing hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.assign import check_section
from handlers.casework.doing import actor_of, begin, changed, required
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case, CaseEvent, Note


def consult(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    *,
    sections: Sequence[str],
    text: str,
    now: datetime,
) -> Case:
    """Ask other sections for their opinion; they see the case from now on."""
    case = begin(session, person, case_id, version, "consult", now)
    text = required(text, "text", "要请协办的事项", 2000)
    asked = [code for code in dict.fromkeys(sections) if code != case.section_code]
    if not asked:
        raise InvalidInput("请至少选一个协办科室。", "section")
    for code in asked:
        check_section(core, code)
    case.cooperating = [*case.cooperating, *(code for code in asked if code not in case.cooperating)]
    session.add(Note(case_id=case.id, kind="consult", text=text, officer_id=person.officer_id, at=now))
    changed(session, core, case, actor_of(person), "consult", now, {"sections": asked}, to="consulting")
    return case


def give_opinion(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, text: str, now: datetime
) -> Case:
    """A cooperating section answers; when the last one asked has, the case goes on with whoever had it.

    The head of the section in charge may end the waiting with a word of their own.
    """
    case = begin(session, person, case_id, version, "give_opinion", now)
    text = required(text, "text", "协办意见")
    session.add(Note(case_id=case.id, kind="opinion", text=text, officer_id=person.officer_id, at=now))
    data = {"section": person.section}
    waits = person.section != case.section_code and _still_asked(session, case) - {person.section}
    changed(session, core, case, actor_of(person), "give_opinion", now, data, to="" if waits else "in_progress")
    return case


def _still_asked(session: Session, case: Case) -> set[str]:
    """The sections asked that have not answered yet, from the case's events."""
    wanted = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.action.in_(("consult", "give_opinion")))
    asked: set[str] = set()
    for event in session.scalars(wanted.order_by(CaseEvent.seq)):
        if event.action == "consult":
            asked |= set(event.data["sections"])
        else:
            asked.discard(event.data["section"])
            asked = set() if event.data["section"] == case.section_code else asked
    return asked
