"""改标签: a correction is kept for learning, re-routes the case and sets the right clocks going."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.casework.access import Person
from handlers.casework.doing import actor_of, begin, changed, drop_claim
from handlers.casework.post import tell_section
from handlers.casework.restrict import lift, restrict
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.escalation.urgent import call_duty, tell_report_recipient
from handlers.records import Case, Correction, Label, Message
from handlers.taxonomy import GRADES, KINDS, SENTIMENTS, TOPICS

_CODES: Final[dict[str, Mapping[str, str]]] = {
    "kind": KINDS,
    "topic": TOPICS,
    "topic_2": TOPICS,
    "sentiment": SENTIMENTS,
}
#: From these a corrected topic moves the case to its section; later the section has worked on it already.
_MOVABLE: Final = ("triage", "assigned", "in_progress", "reopened")


def correct_labels(
    session: Session,
    core: Core,
    person: Person,
    case_id: int,
    version: int,
    labels: Mapping[str, str | bool | None],
    *,
    now: datetime,
) -> Case:
    """Set the right labels (``kind``, ``topic``, ``topic_2``, ``sentiment``, ``urgent``, ``grade``); confirm the rest.

    Urgent without a grade keeps the one it has, and calls when it had none.

    A changed topic (or one confirmed in triage) routes the case by the profile; a changed kind starts and stops the
    clocks that the table of limits gives it; a case that turns out to be a report is restricted at once.
    """
    case = begin(session, person, case_id, version, "correct_labels", now)
    _check(labels)
    labels = _with_grade(case, labels)
    wrong = {name: value for name, value in labels.items() if value != getattr(case, name, None)}
    _keep(session, case, wrong, person, now)
    called = case.calls
    for name, value in wrong.items():
        setattr(case, name, value)
    case.labels_checked = True
    to = _confidentiality(session, core, case, wrong, now) or _route(core, case, wrong)
    was_triage = case.state == "triage"
    data: dict[str, Any] = {"labels": dict(wrong), "section": case.section_code}
    changed(session, core, case, actor_of(person), "correct_labels", now, data, to=to)
    if case.calls and not called:
        call_duty(session, core, case.id, case.number, now)
    if was_triage and case.state != "triage":
        timing.triaged(session, core, case, now)
    if "kind" in wrong or to == "triage":
        timing.relabelled(session, core, case, now)
    if was_triage and case.state != "triage":
        tell_section(session, core, case, now)
    return case


def _check(labels: Mapping[str, str | bool | None]) -> None:
    for name, value in labels.items():
        if name == "urgent":
            if not isinstance(value, bool):
                raise InvalidInput("请选择紧急或不紧急。", name)
        elif name == "grade":
            if value not in ("", *GRADES):
                raise InvalidInput("请从列表里选择紧急的程度。", name)
        elif name not in _CODES or (value is not None and value not in _CODES[name]):
            raise InvalidInput("请从列表里选择标签。", name)


def _with_grade(case: Case, labels: Mapping[str, str | bool | None]) -> dict[str, str | bool | None]:
    if "grade" in labels:
        return {**labels, "urgent": bool(labels["grade"])}
    if "urgent" in labels:
        return {**labels, "grade": (case.grade or "now") if labels["urgent"] else ""}
    return dict(labels)


def _keep(session: Session, case: Case, wrong: Mapping[str, Any], person: Person, now: datetime) -> None:
    """One Correction per label: what the machine said of the first message, how sure it was, what is right."""
    message_id = case.first_message_id or session.scalar(
        select(Message.id).where(Message.case_id == case.id).order_by(Message.id).limit(1)
    )
    read = session.scalars(
        select(Label).where(Label.message_id == message_id).order_by(Label.id.desc()).limit(1)
    ).first()
    for name, value in wrong.items():
        if name == "grade" and "urgent" in wrong:
            continue  # one label, one correction
        session.add(
            Correction(
                case_id=case.id,
                message_id=message_id,
                label=name,
                said=_word(getattr(case, name)),
                right=_word(value),
                confidence=(read.confidence or {}).get(name) if read else None,
                model=read.model if read else "",
                officer_id=person.officer_id,
                at=now,
            )
        )


def _word(value: object) -> str | None:
    return None if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def _confidentiality(session: Session, core: Core, case: Case, wrong: Mapping[str, Any], now: datetime) -> str:
    """A case that is a report after all leaves every section's sight; one that is none comes back to triage."""
    if "kind" not in wrong:
        return ""
    if case.kind == "report" and not case.restricted and not case.accused_type:
        restrict(session, core, case)
        tell_report_recipient(session, core, case.id, case.number, now)
        return "triage" if case.state in _MOVABLE else ""
    if case.kind != "report" and case.restricted:
        lift(case)
    return ""


def _route(core: Core, case: Case, wrong: Mapping[str, Any]) -> str:
    """The state the case goes to when its topic decides its section ("" = it stays where it is)."""
    if case.restricted or case.state not in _MOVABLE or not case.topic:
        return ""
    if case.state != "triage" and "topic" not in wrong:
        return ""
    route = core.profile().route(case.topic)
    case.needs_person = case.topic == "not_ours" or bool(route.transfer_to)
    if case.needs_person:
        if case.state == "triage":
            return ""
        drop_claim(case)
        case.section_code = None
        return "triage"
    if route.lead == case.section_code:
        return ""
    drop_claim(case)
    case.section_code = route.lead
    case.cooperating = [code for code in dict.fromkeys([*route.cooperating]) if code != route.lead]
    return "assigned"
