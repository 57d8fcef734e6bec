"""What the part 办理期限与程序 of a case page holds, as plain data for one reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from handlers.casework.clock_lines import ClockLine
from handlers.procedure.consents import ConsentView, Extendable
from handlers.procedure.table import Step
from handlers.records import Document


@dataclass(frozen=True, slots=True)
class InquiryView:
    """One opinion that was asked for; ``last`` is the party's last day, once it has the letter."""

    ident: int
    kind: str
    party: str
    sent_on: date
    received_on: date | None
    last: date | None
    answer: str

    @property
    def words(self) -> str:
        """How a list of choices names it."""
        return f"{self.sent_on.month}月{self.sent_on.day}日 {self.party}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that belongs here; ``made`` is one of the case's that stands already."""

    code: str
    name: str
    made: Document | None


@dataclass(frozen=True, slots=True)
class TrackView:
    """One track with its clocks and next steps; ``state`` as the row's, ``implied`` when the case has no row for it."""

    code: str
    name: str
    form: str
    purpose: str
    state: str
    stage: str
    stage_code: str
    reason: str
    evidence: str
    main: bool
    clocks: list[ClockLine]
    steps: list[Step]
    documents: list[Offered]
    inquiries: list[InquiryView]
    ended_why: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """Everything the part 办理期限与程序 shows to one reader."""

    tracks: list[TrackView]
    over: list[TrackView]
    house: list[ClockLine]
    stopped: list[ClockLine]
    consents: list[ConsentView]
    extendable: list[Extendable]
    steps: list[Step] = field(default_factory=list)
    waiting: list[InquiryView] = field(default_factory=list)
