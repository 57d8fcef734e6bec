"""What every room of the core works with, built once by the wiring and handed in; nothing here is global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from handlers.organisation.profile import Profile
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.vault import Vault
from handlers.understanding.labels import Understanding

if TYPE_CHECKING:
    from handlers.deadlines.workdays import WorkCalendar


class ProfileSource(Protocol):
    """The organisation as it stands now, read from the tables and cached by its version."""

    def __call__(self) -> Profile: ...


class CalendarSource(Protocol):
    """The working-day calendar as it stands now, cached by its version."""

    def __call__(self) -> WorkCalendar: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """House rules in numbers, from the settings."""

    claim_expires: timedelta = timedelta(hours=4)
    reopen_within: timedelta = timedelta(days=15)
    parked_first_retry: timedelta = timedelta(seconds=30)
    understanding_seconds: float = 2.0
    window_hours: float = 48.0
    window_quota: int = 5
    push_channels: frozenset[str] = frozenset()  # channel codes that can push to a citizen
    base_url: str = ""  # public address of the portal, without a slash at the end


def _nobody() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Core:
    """The rooms' common equipment."""

    database: Database
    vault: Vault
    ledger: Ledger
    profile: ProfileSource
    calendar: CalendarSource
    understanding: Understanding
    policy: Policy = field(default_factory=Policy)
    duty_reachable: Callable[[], bool] = _nobody  # whether an alert can reach somebody of the duty roster now
