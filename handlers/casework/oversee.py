"""备注, 督办, 改紧急程度: what is said about a case inside the house; no path delivers any of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, required
from handlers.casework.grading import set_grade
from handlers.core import Core
from handlers.escalation.urgent import call_duty
from handlers.records import Case, Note
from handlers.supervision.slips import raise_slip
from handlers.together.colleagues import tell
from handlers.together.mentions import mentioned


def note(session: Session, core: Core, person: Person, case_id: int, version: int, *, text: str, now: datetime) -> Case:
    """Write an internal note; colleagues of the case read it, the citizen never does. @name tells that officer."""
    case = begin(session, person, case_id, version, "note", now)
    written = _write(session, case, person, "note", text, "备注", now)
    told = tell(session, core, case, "mention", str(written.id), mentioned(session, person, written.text), now)
    changed(session, core, case, actor_of(person), "note", now, {"told": told} if told else {})
    return case


def supervise(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, text: str, now: datetime
) -> Case:
    """The office's or leader's demand on a case (督办): a slip to its section; it stays marked until it is closed."""
    case = begin(session, person, case_id, version, "supervise", now)
    _write(session, case, person, "supervision", text, "督办要求", now)
    case.supervised = True
    changed(session, core, case, actor_of(person), "supervise", now)
    raise_slip(session, core, case, text.strip(), now, officer_id=person.officer_id)
    return case


def mark_urgent(
    session: Session, core: Core, person: Person, case_id: int, version: int, *, grade: str, now: datetime
) -> Case:
    """Give a case a grade of urgent (``now``, ``today``) or take it back (""); raising it to now calls the roster."""
    case = begin(session, person, case_id, version, "mark_urgent", now)
    raised = set_grade(case, grade)
    changed(session, core, case, actor_of(person), "mark_urgent", now, {"urgent": case.urgent, "grade": grade})
    if raised:
        call_duty(session, core, case.id, case.number, now)
    return case


def _write(session: Session, case: Case, person: Person, kind: str, text: str, what: str, now: datetime) -> Note:
    text = required(text, "text", what)
    note = Note(case_id=case.id, kind=kind, text=text, officer_id=person.officer_id, at=now)
    session.add(note)
    session.flush()
    return note
