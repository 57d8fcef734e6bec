"""Acknowledge: the receipt's words, from what is known and nothing more."""

from __future__ import annotations

from typing import Any, Final

import structlog

from handlers.casework.promise import latest_words
from handlers.core import Core
from handlers.deadlines.local import limits_of
from handlers.faults import describe
from handlers.guides.receipt import guide_note
from handlers.intake.arrival import Arrival
from handlers.organisation.profile import Profile
from handlers.organisation.wording import WORDING, render
from handlers.taxonomy import KINDS, TOPICS
from handlers.understanding.situations import is_other_language, is_self_harm

_log = structlog.get_logger(__name__)
#: When even the wording fails, the citizen still gets the number.
LAST_RESORT: Final = "您好，留言已收到，编号 {number}，查询码 {query_code}。工作人员会看到并答复您。"

#: The receipts that may carry a guide.
_GUIDED: Final = ("receipt_clear", "receipt_unsure")
#: The receipts of those who cannot wait.
_PRESSING: Final = ("receipt_urgent", "receipt_urgent_unstaffed", "receipt_self_harm")
#: Channels on which a citizens' word (进度) can be sent back.
_CHATS: Final = ("wechat", "telegram")


def acknowledge(arrival: Arrival, core: Core) -> None:
    """Set ``arrival.receipt`` for a new case or a follow-up (commands and events are answered by ``converse``)."""
    if arrival.new_case is not None:
        arrival.receipt = _opened(arrival, core)
    elif arrival.case is not None:
        arrival.receipt = _followed_up(arrival, core)


def _opened(arrival: Arrival, core: Core) -> str:
    case, profile = arrival.new_case, core.profile()
    assert case is not None
    key = _which(arrival, core)
    fields: dict[str, Any] = {"number": arrival.number, "query_code": arrival.query_code}
    if key != "receipt_praise":
        fields["latest"] = _latest(arrival, key, profile)
    if key == "receipt_clear":
        fields |= {"understood": _understood(case), "section": profile.section(case["section_code"]).name}
        fields["rule"] = ""
    if "look_up" in WORDING[key].fields:
        fields["look_up"] = _look_up(arrival, core)
    note = _privacy(arrival, core)
    receipt = render(profile, key, note=note, **fields)
    try:
        told = _with_guide(arrival, core, key, receipt)
        whole = render(profile, key, note="\n".join(filter(None, (told, note))), **fields) if told else receipt
    except Exception as fault:  # a guide is an extra: the receipt goes out without it
        _log.error("a guide could not be worded; none is sent", message=arrival.message_id, fault=describe(fault))
        arrival.answering, case["guide_code"] = None, ""
        return receipt
    return whole


def _latest(arrival: Arrival, key: str, profile: Profile) -> str:
    """The promised day. Who is in danger is not told a day that may be weeks away: only a limit in hours is said."""
    promised, rule = (arrival.new_case or {})["promised_at"], arrival.promised_rule
    hours_away = bool(rule) and limits_of(profile).rules[rule].in_hours
    return latest_words(promised, rule, profile) if hours_away or key not in _PRESSING else ""


def _with_guide(arrival: Arrival, core: Core, key: str, receipt: str) -> str:
    """The guide in the room that the receipt leaves; what does not go out is not recorded as sent."""
    answering, case, profile = arrival.answering, arrival.new_case, core.profile()
    if answering is None or case is None:
        return ""
    base_url, chats = core.policy.base_url, arrival.message.channel in _CHATS
    here = f"{base_url}/progress?number={arrival.number}"
    reply = render(profile, "guide_reply_here") if chats else render(profile, "guide_reply_web", link=here)
    note = guide_note(answering.guide, profile, receipt, reply, base_url) if key in _GUIDED else ""
    if note:
        case["guide_code"] = answering.guide.code
    else:
        arrival.answering = None
    return note


def _look_up(arrival: Arrival, core: Core) -> str:
    """How this writer asks for progress: in the chat, or (nothing to reply to) on the web."""
    chats = arrival.message.channel in _CHATS and arrival.particulars.registered_by is None
    if chats:
        return render(core.profile(), "look_up_here")
    return render(core.profile(), "look_up_web", link=f"{core.policy.base_url}/progress")


def _which(arrival: Arrival, core: Core) -> str:
    case, message, labels = arrival.new_case or {}, arrival.message, arrival.labels
    if is_self_harm(message.text):
        return "receipt_self_harm"
    if case["grade"] == "now":
        return _urgent("receipt_urgent", core, restricted=case["restricted"])
    if case["restricted"] or case["sensitive"]:
        return "receipt_restricted"
    if not message.text.strip():
        return "receipt_media"
    if labels.topic is None and is_other_language(message.text):
        return "receipt_other_language"
    if case["state"] == "triage":
        return "receipt_unsure"
    return "receipt_praise" if case["kind"] == "praise" else "receipt_clear"


def _urgent(key: str, core: Core, *, restricted: bool) -> str:
    """Return the text that says who is called; of a report only its recipient is, not the duty roster."""
    return key if core.duty_reachable() and not restricted else f"{key}_unstaffed"


def _understood(case: dict[str, Any]) -> str:
    topic = TOPICS[case["topic"]]
    return f"{topic}（{KINDS[case['kind']]}）" if case["kind"] else topic


def _followed_up(arrival: Arrival, core: Core) -> str:
    case, profile = arrival.case, core.profile()
    assert case is not None
    if is_self_harm(arrival.message.text):
        return render(profile, "receipt_self_harm", number=case.number)
    note = _privacy(arrival, core)
    if arrival.labels.calls:
        key = _urgent("receipt_followup_urgent", core, restricted=case.restricted)
        return render(profile, key, number=case.number, note=note)
    hidden = case.restricted or case.sensitive or case.section_code is None
    section = "" if hidden else profile.section(case.section_code or "").name
    coming = case.promised_at is not None and case.promised_at > arrival.now
    latest = latest_words(case.promised_at, "", profile) if coming else ""
    said = {"heard": latest} if case.state == "triage" else {"latest": latest}
    return render(profile, "receipt_followup", number=case.number, section=section, note=note, **said)


def _privacy(arrival: Arrival, core: Core) -> str:
    if not arrival.first_contact or arrival.particulars.registered_by is not None:
        return ""
    return render(core.profile(), "privacy_notice", link=f"{core.policy.base_url}/privacy")
