"""What figures count: a limit kept or missed, a case handed to a section, an answer arrived, a case closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Duty = Literal["answer", "accept"]


@dataclass(frozen=True, slots=True)
class Decided:
    """A limit that was kept or missed at ``at``; the section is who held the case then ("" = nobody yet).

    ``duty``: an answer is owed, or a first step (受理, 告知, 分派). ``done``: it was done after all, however late.
    """

    duty: Duty
    rule: str
    at: datetime
    section: str
    track: str
    on_time: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """A case was given to ``section``; ``returned``: the section gave it back as not its own."""

    at: datetime
    section: str
    track: str
    returned: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer reached the citizen; days count from ``received`` (a reopened case: from the reopening)."""

    at: datetime
    section: str
    track: str
    received: date
    rating: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A case was closed with ``result``; ``reopened``: that did not last."""

    at: datetime
    section: str
    track: str
    result: str
    reopened: bool


@dataclass(frozen=True, slots=True)
class Guided:
    """A service guide (办事指南) was sent at once; ``solved``: the citizen said that it did."""

    at: datetime
    section: str
    track: str
    solved: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A case was received; ``repeat``: the same person about the same matter again; ``mass``: one of many people's."""

    at: datetime
    section: str
    track: str
    repeat: bool
    mass: bool


Deed = Decided | Handed | Answered | Closed | Guided | Opened
