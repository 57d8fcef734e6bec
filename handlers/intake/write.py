"""Write: what the pipeline decided, as rows, in bulk; one batch is one transaction of the caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from handlers.casework.grading import grade_read, raise_grade
from handlers.casework.guard import narrow_by_rule
from handlers.casework.restrict import recipient_id
from handlers.core import Core
from handlers.deadlines.ticking import last_day
from handlers.deadlines.worktime import local_day
from handlers.escalation.mandatory import open_by_rule
from handlers.escalation.urgent import call_duty, tell_report_recipient
from handlers.intake.arrival import Arrival
from handlers.intake.tracks_kept import propose_more, proposed, track_rows
from handlers.messages import Contact
from handlers.records import Attachment, Case, CaseContact, CaseEvent, CaseTrack, Clock, GuideAnswer, Label, Message
from handlers.understanding.labels import Evidence
from handlers.understanding.situations import is_minor_harmed, sensitive_kinds

_CASES = cast(Table, Case.__table__)
_MESSAGES = cast(Table, Message.__table__)
_SETTLED = (
    "state", "citizen_id", "case_id", "command", "attempts", "retry_at", "error", "processed_at", "receipt_text",
    "receipt_number",
)  # fmt: skip
_SETTLE = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("message_id"))
    .values({name: bindparam(f"new_{name}") for name in _SETTLED})
)
_CONTACT_FIELDS = ("name", "phone", "address", "identity_number")


def write(session: Session, core: Core, arrivals: Sequence[Arrival]) -> None:
    """Insert the new cases with clocks, events, contacts and labels; note the follow-ups; settle the messages."""
    opening = [arrival for arrival in arrivals if arrival.opens]
    ids = _insert_cases(session, core, opening)
    _insert(session, Clock, [c | {"case_id": ids[a.number]} for a in opening for c in a.clocks])
    _insert(session, CaseEvent, [row for a in opening for row in _first_events(core, a, ids[a.number])])
    _insert(session, CaseTrack, [row for a in opening for row in track_rows(a.proposals, ids[a.number], a.now)])
    _insert(session, CaseContact, [row for a in opening for row in _contacts(core, a, ids[a.number])])
    _insert(session, GuideAnswer, [_guide_answer(a, ids[a.number]) for a in opening if a.answering])
    _insert(session, Label, [label_row(a) for a in arrivals if a.labels.model])
    for arrival in arrivals:
        if arrival.case is not None:
            _follow_up(session, core, arrival, arrival.case)
    for arrival in opening:
        _call_people(session, core, arrival, ids[arrival.number])
    _report_harm(session, core, arrivals, ids)
    _settle(session, core, arrivals, ids)


def _insert(session: Session, record: type[Any], rows: list[dict[str, Any]]) -> None:
    # The table, not the mapped class: plain rows need no unit of work, and this is the hottest place of the house.
    if rows:
        session.execute(insert(record.__table__), rows)


def _insert_cases(session: Session, core: Core, opening: Sequence[Arrival]) -> dict[str, int]:
    if not opening:
        return {}
    recipient = recipient_id(session, core) if _any_report(opening) else None
    rows = []
    for arrival in opening:
        assert arrival.new_case is not None
        rows.append(
            arrival.new_case
            | {
                "number": arrival.number,
                "query_code": core.vault.seal(arrival.query_code),
                "citizen_id": arrival.citizen.id,
                "first_message_id": arrival.message_id,
                "restricted_to": recipient if arrival.new_case["restricted"] else None,
            }
        )
    found = session.execute(insert(_CASES).returning(_CASES.c.number, _CASES.c.id), rows)
    return {row.number: row.id for row in found}


def _any_report(opening: Sequence[Arrival]) -> bool:
    return any(arrival.new_case and arrival.new_case["restricted"] for arrival in opening)


def _first_events(core: Core, arrival: Arrival, case_id: int) -> list[dict[str, Any]]:
    case = arrival.new_case or {}
    by = arrival.particulars.registered_by
    actor = f"officer:{by}" if by is not None else "citizen"
    first = {"source": case["source"], "message": arrival.message_id}
    first["received"] = local_day(case["received_at"]).isoformat()
    opened = core.ledger.row(case_id, 1, "", actor, "opened", arrival.now, first)
    data: dict[str, Any] = {"state": case["state"], "rules": [clock["rule"] for clock in arrival.clocks]}
    data["due"] = {clock["rule"]: last_day(min(clock["legal_due"], clock["outer_due"] or clock["legal_due"]))
                   for clock in arrival.clocks}  # fmt: skip
    for name in ("section_code", "kind", "topic", "track", "urgent", "grade"):
        if case.get(name):
            data[name] = case[name]
    if case.get("repeat_of_id"):
        data["repeat"] = True
    if arrival.fault:
        data["fault"] = arrival.fault
    action = "parked" if arrival.fault else "restricted" if case["restricted"] else "routed"
    if action == "restricted":
        data = {"state": case["state"], "rules": data["rules"], "due": data["due"]}
    events = [opened, core.ledger.row(case_id, 2, opened["mac"], "system", action, arrival.now, data)]
    for proposal in () if case["restricted"] else arrival.proposals:
        events.append(_next(core, events, "track_proposed", arrival.now, proposed(proposal)))
    if arrival.answering is not None:
        found = arrival.answering
        sent = {"guide": found.guide.code, "item": found.guide.item, "version": found.version_id}
        sent["confidence"] = round(found.confidence, 2)
        events.append(_next(core, events, "guide_sent", arrival.now, sent))
    return events


def _next(
    core: Core, events: Sequence[dict[str, Any]], action: str, at: datetime, data: dict[str, Any]
) -> dict[str, Any]:
    last = events[-1]
    return core.ledger.row(last["case_id"], last["seq"] + 1, last["mac"], "system", action, at, data)


def _guide_answer(arrival: Arrival, case_id: int) -> dict[str, Any]:
    found = arrival.answering
    assert found is not None
    return {
        "case_id": case_id,
        "version_id": found.version_id,
        "confidence": round(found.confidence, 4),
        "evidence": [_evidence(evidence) for evidence in found.evidence],
        "sent_at": arrival.now,
        "outcome": "",
    }


def _contacts(core: Core, arrival: Arrival, case_id: int) -> list[dict[str, Any]]:
    more = arrival.particulars
    return [
        {
            "case_id": case_id,
            "role": role,
            "relation": more.relation if role == "affected" else "",
            "phone_index": core.vault.index(_digits(contact.phone)),
            **{name: core.vault.seal(getattr(contact, name)) for name in _CONTACT_FIELDS},
        }
        for role, contact in (("writer", more.contact), ("affected", more.affected))
        if contact != Contact()
    ]


def _digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())


def label_row(arrival: Arrival) -> dict[str, Any]:
    """The row of what was understood of a message."""
    labels = arrival.labels
    return {
        "message_id": arrival.message_id,
        "kind": labels.kind,
        "topic": labels.topic,
        "topic_2": labels.topic_2,
        "sentiment": labels.sentiment,
        "urgent": labels.urgent,
        "grade": labels.grade or "",
        "needs_person": labels.needs_person,
        "confidence": {name: round(value, 4) for name, value in labels.confidence.items()},
        "evidence": {name: [_evidence(e) for e in found] for name, found in labels.evidence.items()},
        "suggested": [list(pair) for pair in labels.suggested],
        "model": labels.model,
        "at": arrival.now,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"start": evidence.start, "end": evidence.end, "text": evidence.text, "weight": evidence.weight}


def _follow_up(session: Session, core: Core, arrival: Arrival, case: Case) -> None:
    """A message joins an open case: staff see that it is new; an answer to our question resumes the work."""
    case.last_inbound_at, case.changed_at, case.unread = arrival.message.sent_at, arrival.now, True
    case.version += 1
    data: dict[str, Any] = {"message": arrival.message_id}
    if case.state == "awaiting_citizen":
        case.state = "in_progress"
        data["state"] = case.state
    grade = grade_read(arrival.labels, arrival.message.text)
    if grade:
        raise_grade(case, grade)
        data |= {"urgent": True, "grade": grade}
    narrow_by_rule(session, case, sensitive_kinds(arrival.message.text, arrival.labels))
    core.ledger.append(session, case.id, "citizen", "supplement", arrival.now, data)
    propose_more(session, core, case, arrival.proposals, arrival.message.received_at, arrival.now)
    if grade == "now":
        call_duty(session, core, case.id, case.number, arrival.now)
    if arrival.citizen.awaiting:
        arrival.citizen.awaiting, arrival.citizen.awaiting_since = "", None


def _call_people(session: Session, core: Core, arrival: Arrival, case_id: int) -> None:
    case = arrival.new_case or {}
    if case["restricted"]:
        tell_report_recipient(session, core, case_id, arrival.number, arrival.now)
    if case["grade"] == "now":
        call_duty(session, core, case_id, arrival.number, arrival.now)


def _report_harm(session: Session, core: Core, arrivals: Sequence[Arrival], ids: dict[str, int]) -> None:
    """A minor may be harmed: the police must be told at once (强制报告), whatever becomes of the case."""
    found = [(arrival, arrival.case.id if arrival.case else ids.get(arrival.number, 0)) for arrival in arrivals]
    harmed = [case_id for arrival, case_id in found if case_id and is_minor_harmed(arrival.message.text)]
    if harmed:
        open_by_rule(session, core, harmed, arrivals[0].now)


def _settle(session: Session, core: Core, arrivals: Sequence[Arrival], ids: dict[str, int]) -> None:
    rows = []
    for arrival in arrivals:
        joined = arrival.case or arrival.about
        case_id = ids.get(arrival.number) or (joined.id if joined else None)
        number = arrival.number or (joined.number if joined else "")
        rows.append(
            {
                "message_id": arrival.message_id,
                "new_state": "parked" if arrival.fault else "processed",
                "new_citizen_id": arrival.citizen.id,
                "new_case_id": case_id,
                "new_command": arrival.command.word if arrival.command else "",
                "new_attempts": 1 if arrival.fault else 0,
                "new_retry_at": _first_retry(core, arrival),
                "new_error": arrival.fault[:500],
                "new_processed_at": arrival.now,
                "new_receipt_text": arrival.receipt,
                "new_receipt_number": number,
            }
        )
        if case_id is not None and arrival.message.media:
            session.execute(
                update(Attachment).where(Attachment.message_id == arrival.message_id).values(case_id=case_id)
            )
    session.flush()
    session.execute(_SETTLE, rows)


def _first_retry(core: Core, arrival: Arrival) -> Any:
    return arrival.now + timedelta(seconds=core.policy.parked_first_retry.total_seconds()) if arrival.fault else None
