"""The demo's citizens: sixty invented messages, and what became of each, as plain data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from handlers.messages import MessageKind


class Fate(StrEnum):
    """What became of a message; whoever seeds the demo plays it with the ordinary moves."""

    UNTOUCHED = "untouched"  # received, nothing since
    FOLLOWUP = "followup"  # belongs to the sender's open case
    CLAIMED = "claimed"
    URGENT_CLAIMED = "urgent_claimed"  # the duty alert acknowledged, then claimed
    AWAITING_CITIZEN = "awaiting_citizen"  # ``question`` was asked
    CONSULTING = "consulting"  # ``cooperating`` section asked, ``reason`` is what for
    IN_REVIEW = "in_review"  # ``answer`` drafted, waits for the head
    SENT_BACK = "sent_back"  # ``answer`` drafted, returned by the head with ``reason``
    AT_LEGALITY = "at_legality"  # a petition whose 处理意见书 (opinions.toml) waits for the legality check
    AT_LEADER = "at_leader"  # … has passed head, legality and office, and waits for the leader's signature
    TRANSFERRED = "transferred"  # by ``officer`` to ``section`` with ``reason``
    ASSIGNED_DOWN = "assigned_down"  # to ``unit``, the result returns
    FORWARDED = "forwarded"  # to ``unit``, perhaps with ``outer_number``; closed
    ANSWERED = "answered"  # ``answer`` delivered, not rated
    RATED = "rated"  # … and rated (``rating``, ``rating_words``)
    DISSATISFIED = "dissatisfied"  # … rated 不满意, to be reopened
    CLOSED = "closed"  # answered in person or by telephone, with ``result``
    UNDELIVERED = "undelivered"  # answered after the channel's window had closed
    NEARLY_LATE = "nearly_late"  # claimed, due within about two working days
    LATE = "late"  # claimed, legal due date passed
    GUIDED = "guided"  # the service guide that came with the receipt was enough, the citizen says
    WITHDRAWN = "withdrawn"  # by the citizen
    PARKED = "parked"  # a step raised; waits for retry or a person


@dataclass(frozen=True, slots=True)
class Sample:
    """One message. ``sender`` is the same for messages of one person.

    Exactly one age is given: ``workdays`` (whole working days before now, at ten in the morning) or ``days`` (calendar
    days, may be a fraction). ``after_hours`` is how long after the message the ``officer`` (a sign-in name) acted.
    ``kind``, ``topic`` and ``urgent`` are what a good reader would say ("" = not scored).
    """

    id: str
    sender: str
    channel: str
    text: str
    kind: str
    topic: str
    fate: Fate
    form: MessageKind = MessageKind.TEXT
    days: float | None = None
    workdays: int | None = None
    urgent: bool = False
    officer: str = ""
    after_hours: float = 0.0
    answer: str = ""
    question: str = ""
    rating: str = ""
    rating_words: str = ""
    reason: str = ""
    result: str = ""
    section: str = ""
    cooperating: str = ""
    unit: str = ""
    outer_number: str = ""
    name: str = ""
    phone: str = ""
    district: str = ""

    def __post_init__(self) -> None:
        if (self.days is None) == (self.workdays is None):
            raise ValueError(f"sample {self.id}: give either days or workdays")


@cache
def samples() -> tuple[Sample, ...]:
    """Return the demo's messages in the order of the file (by subject, not by time)."""
    text = (resources.files("handlers.demo") / "samples.toml").read_text(encoding="utf-8")
    return tuple(_sample(row) for row in tomllib.loads(text)["samples"])


def _sample(row: dict[str, Any]) -> Sample:
    form = MessageKind(row.pop("form", "text"))
    return Sample(**{**row, "fate": Fate(row["fate"]), "form": form})
