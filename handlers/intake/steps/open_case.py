"""Open: the columns of the case that a message with a new subject opens, and where it goes first.

Routing = topic → section by the profile. What is unsure or not ours goes to triage; every report (举报) is restricted
to its named recipient at once.
"""

from __future__ import annotations

from typing import Any

from handlers.casework.grading import grade_read
from handlers.casework.sensitivity import level_for, officer_mark
from handlers.core import Core
from handlers.intake.arrival import Arrival
from handlers.intake.steps.attach import subject_of
from handlers.intake.tracks import propose_tracks
from handlers.records import Case
from handlers.understanding.situations import is_report, is_sensitive, sensitive_kinds, sure_kind

_NO_SUBJECT = {
    "image": "（图片）",
    "voice": "（语音）",
    "video": "（视频）",
    "file": "（文件）",
    "location": "（位置）",
}


def open_case(arrival: Arrival, core: Core) -> None:
    """Fill ``arrival.new_case`` unless the message is a command, an event or a follow-up."""
    if arrival.command is not None or arrival.message.kind == "event":
        return
    source = arrival.particulars.source or arrival.message.channel
    arrival.proposals = propose_tracks(arrival.message.text, arrival.case.source if arrival.case else source)
    if arrival.case is not None:
        return
    labels, message, more = arrival.labels, arrival.message, arrival.particulars
    grade = grade_read(labels, message.text)
    first = next(iter(arrival.proposals), None)
    arrival.new_case = {
        "channel": message.channel,
        "account": message.account,
        "source": source,
        "track": first.track if first else "general",
        "track_reason": first.reason if first else "",
        "subject": more.title[:200] or subject_of(message.text) or _NO_SUBJECT.get(message.kind, "（无文字）"),
        "kind": sure_kind(labels),
        "topic": labels.topic,
        "topic_2": labels.topic_2,
        "sentiment": labels.sentiment,
        "urgent": bool(grade),
        "grade": grade,
        "guide_code": "",
        "needs_person": labels.needs_person,
        "opened_at": arrival.now,
        "received_at": message.received_at,
        "last_inbound_at": message.sent_at,
        "changed_at": arrival.now,
        "repeat_of_id": _earlier_case(arrival),
        **dict.fromkeys(("next_due_at", "next_safe_due_at", "next_due_rule", "promised_at")),
        **_from_particulars(arrival),
        **_first_place(arrival, core),
    }


def _first_place(arrival: Arrival, core: Core) -> dict[str, Any]:
    text, labels = arrival.message.text, arrival.labels
    triage: dict[str, Any] = {"state": "triage", "section_code": None, "cooperating": [], "restricted": False}
    kinds = sensitive_kinds(text, labels)
    by = arrival.particulars.registered_by
    known = [officer_mark(by)] if kinds and by is not None else []  # who took it down knows it already
    triage |= {"sensitivity": level_for(kinds), "sensitive_kinds": list(kinds), "admitted": known}
    if is_report(text, labels):
        return triage | {"restricted": True, "sensitive": True, "sensitive_kinds": [*kinds, "report"]}
    sensitive = {"sensitive": bool(kinds) or is_sensitive(text, labels)}
    if labels.needs_person or labels.topic is None or labels.topic == "not_ours":
        return triage | sensitive
    route = core.profile().route(labels.topic)
    if route.transfer_to:
        return triage | sensitive
    cooperating = list(route.cooperating)
    if labels.topic_2 and labels.topic_2 != "not_ours":
        second = core.profile().route(labels.topic_2).lead
        if second not in (*cooperating, route.lead):
            cooperating.append(second)
    return triage | {"state": "assigned", "section_code": route.lead, "cooperating": cooperating} | sensitive


def _from_particulars(arrival: Arrival) -> dict[str, Any]:
    more = arrival.particulars
    return {
        "district": more.district,
        "place": more.place,
        "wished_answer": more.wished_answer,
        "consent_contact": more.consent_contact,
        "consent_publish": more.consent_publish,
        "confidential": more.confidential,
        "identity_verified": more.identity_verified,
        "outer_number": more.outer_number,
        "outer_dispatched_at": more.outer_dispatched_at,
        "outer_due_at": more.outer_due_at,
        "outer_return_by": more.outer_return_by,
        "registered_by": more.registered_by,
    }


def _earlier_case(arrival: Arrival) -> int | None:
    """The latest earlier case of the same person on the same topic: this one is counted as a repeat (重复).

    Never a report (举报), not even one that has been dispatched: nothing may lead to it.
    """
    topic = arrival.labels.topic
    if topic in (None, "not_ours") or arrival.labels.needs_person:
        return None  # two matters that are not ours have nothing in common
    own = next((case.id for case in arrival.own_cases if case.topic == topic and not _is_hidden(case)), None)
    return own or arrival.elsewhere.get(topic or "")


def _is_hidden(case: Case) -> bool:
    return case.restricted or case.kind == "report" or bool(case.accused_type)
