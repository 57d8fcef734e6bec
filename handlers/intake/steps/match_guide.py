"""Match: does one approved service guide (办事指南) answer this consultation confidently? Else nothing is claimed."""

from __future__ import annotations

from typing import Any, Final

import structlog

from handlers.core import Core
from handlers.faults import describe
from handlers.intake.arrival import Answering, Arrival
from handlers.messages import MessageKind

_log = structlog.get_logger(__name__)
#: Where the writer reads the receipt themselves and can say whether it helped.
_CHANNELS: Final = frozenset({"wechat", "telegram", "web"})
_WORDS: Final = (MessageKind.TEXT, MessageKind.VOICE)


def match_guide(arrival: Arrival, core: Core) -> None:
    """Set ``arrival.answering`` for a plain consultation of the general track that one guide answers."""
    case = arrival.new_case
    if case is None or core.guides is None or not _may_be_answered(arrival, case):
        return
    try:
        shelf = core.guides(arrival.now)
        found = shelf.matcher.match(arrival.message.text, arrival.labels)
    except Exception as fault:  # a guide is an extra: without it the message goes its ordinary way
        _log.error("a guide could not be looked for; none is sent", message=arrival.message_id, fault=describe(fault))
        return
    if found.guide is not None:
        arrival.answering = Answering(found.guide, shelf.versions[found.guide.code], found.confidence, found.evidence)


def _may_be_answered(arrival: Arrival, case: dict[str, Any]) -> bool:
    message, more = arrival.message, arrival.particulars
    plain = message.kind in _WORDS and not message.media and message.channel in _CHANNELS
    own = more.registered_by is None and not more.outer_number and not more.confidential
    hidden = case["restricted"] or case["sensitive"] or case["urgent"]
    # A kind that is not sure is for the matcher to weigh; any other is not for a guide.
    return plain and own and not hidden and case["track"] == "general" and case["kind"] in ("consultation", None)
