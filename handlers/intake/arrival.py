"""The work item that travels through the pipeline: one message, what is known of its sender, what is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.guides.guide import Guide
from handlers.intake.tracks import Proposal
from handlers.intake.words import Command
from handlers.messages import InboundMessage, Particulars
from handlers.records import Case, Citizen
from handlers.understanding.labels import Evidence, Labels


@dataclass(frozen=True, slots=True)
class Answering:
    """The guide that answers a new case at once, its version's id, and why it was taken for the right one."""

    guide: Guide
    version_id: int
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class Arrival:
    """``new_case`` holds the columns of the case to open; ``case`` is the open case joined instead.

    ``fault`` is the error that parked it. A command (进度 …) opens no case of its own.
    """

    message_id: int
    message: InboundMessage
    now: datetime
    citizen: Citizen = None  # type: ignore[assignment]  # set by `find_senders` before any step runs
    particulars: Particulars = field(default_factory=Particulars)
    first_contact: bool = False
    own_cases: list[Case] = field(default_factory=list)  # of the same citizen, latest first
    elsewhere: dict[str, int] = field(default_factory=dict)  # topic → the same person's latest case as another sender
    alike: dict[int, float] = field(default_factory=dict)  # own open case id → how like its letters this one is
    labels: Labels = field(default_factory=Labels)
    command: Command | None = None
    case: Case | None = None
    about: Case | None = None  # the case that a command spoke of
    new_case: dict[str, Any] | None = None
    proposals: tuple[Proposal, ...] = ()  # the tracks that its words propose
    number: str = ""
    query_code: str = ""
    clocks: list[dict[str, Any]] = field(default_factory=list)
    answering: Answering | None = None
    promised_rule: str = ""  # the limit whose end the receipt names ("" = all have passed)
    receipt: str = ""
    fault: str = ""
    alone: bool = False  # even writing it failed once: it gets a case of its own, and nothing else is tried

    @property
    def rateable(self) -> list[Case]:
        """The sender's cases whose answer can be rated; only the one whose number was named with the word."""
        number = self.command.number if self.command else ""
        answered = [case for case in self.own_cases if case.state in ("answered", "closed") and case.answered_at]
        return [case for case in answered if number in ("", case.number)]

    @property
    def opens(self) -> bool:
        """True when this message opens a case."""
        return self.new_case is not None
