"""Rethink: a message that could not be read gets its labels later; its case moves on if nobody has touched it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.grading import grade_read, raise_grade
from handlers.casework.post import tell_section
from handlers.casework.restrict import restrict
from handlers.core import Core
from handlers.escalation.urgent import call_duty, tell_report_recipient
from handlers.intake.arrival import Arrival
from handlers.intake.steps.open_case import open_case
from handlers.intake.store import message_of
from handlers.intake.write import label_row
from handlers.records import Case, Label, Message
from handlers.understanding.labels import Labels

_TAKEN_OVER = (
    "state",
    "section_code",
    "cooperating",
    "sensitive",
    "sensitivity",
    "sensitive_kinds",
    "kind",
    "topic",
    "topic_2",
    "sentiment",
)


def rethink(session: Session, core: Core, row: Message, case: Case, labels: Labels, now: datetime) -> None:
    """Write what is understood now. A case that a person has already taken in hand keeps that person's decisions."""
    message = message_of(row, core.vault)
    arrival = Arrival(row.id, message, now, particulars=message.particulars, labels=labels)
    session.execute(insert(Label), [label_row(arrival)])
    untouched = case.first_message_id == row.id and case.state == "triage" and not case.labels_checked
    data: dict[str, Any] = {"message": row.id}
    if untouched:
        open_case(arrival, core)
        decided = arrival.new_case or {}
        for name in _TAKEN_OVER:
            setattr(case, name, decided[name])
        case.needs_person = labels.needs_person
        if decided.get("restricted"):
            restrict(session, core, case)
            tell_report_recipient(session, core, case.id, case.number, now)
        if case.state != "triage":
            timing.triaged(session, core, case, now)
        timing.relabelled(session, core, case, now)
        if case.state != "triage":
            tell_section(session, core, case, now)
        data |= {"state": case.state, "section_code": case.section_code, "topic": case.topic}
    called, grade = case.calls, grade_read(labels, message.text)
    if grade:
        raise_grade(case, grade)
        data |= {"urgent": True, "grade": case.grade}
    if case.calls and not called:
        call_duty(session, core, case.id, case.number, now)
    case.version += 1
    case.changed_at = now
    core.ledger.append(session, case.id, "system", "understood_later", now, {} if case.restricted else data)
