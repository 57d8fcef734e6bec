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
    from datetime import datetime

    from handlers.deadlines.workdays import WorkCalendar
    from handlers.guides.shelf import OpenShelf


class ProfileSource(Protocol):
    """The organisation as it stands now, read from the tables and cached by its version."""

    def __call__(self) -> Profile: ...


class CalendarSource(Protocol):
    """The working-day calendar as it stands now, cached by its version."""

    def __call__(self) -> WorkCalendar: ...


class GuideSource(Protocol):
    """The approved service guides (办事指南) valid on the day of ``now``, cached until one changes."""

    def __call__(self, now: datetime) -> OpenShelf: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """House rules in numbers, from the settings."""

    claim_expires: timedelta = timedelta(hours=4)  # working hours without a touch
    pass_limit: int = 3  # after so many transfers and returns the office settles where a case belongs
    reopen_within: timedelta = timedelta(days=15)
    guide_confirm_within: timedelta = timedelta(days=7)  # how long 解决了 closes a case that was sent a guide
    parked_first_retry: timedelta = timedelta(seconds=30)
    understanding_seconds: float = 2.0
    window_hours: float = 48.0
    window_quota: int = 5
    push_channels: frozenset[str] = frozenset()  # channel codes that can push to a citizen
    window_channels: frozenset[str] = frozenset()  # codes of those that can push only after a citizen's own message
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
    guides: GuideSource | None = None  # None: nothing is answered by guide
