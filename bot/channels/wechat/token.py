"""The access token: who keeps it (handed in), and how a fresh one is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token as the platform gave it; ``expires_in`` is in seconds (7,200 or what is left of them)."""

    value: str = field(repr=False)
    expires_in: int


#: Asks the platform for a token (``PlatformApi.fetch_token``); the argument forces a new one where the current one
#: would be given again. Raises DeliveryError (``retry``: nothing was sent yet).
FetchToken = Callable[[bool], FreshToken]


class TokenStore(Protocol):
    """Keeps one account's access token for every process; one refresher at a time."""

    def get(self) -> str | None:
        """Return the token that is valid now, or ``None``."""

    def refresh(self, stale: str | None) -> str:
        """Return a token other than ``stale``: what another process fetched meanwhile, else a newly fetched one.

        Asks without force first: ``stable_token`` then returns the valid token without harming other holders; with
        force only if it gives ``stale`` again.
        """


class MemoryTokenStore:
    """A token store within one process (tests, tools). ``clock`` returns seconds."""

    def __init__(self, fetch: FetchToken, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._value: str | None = None
        self._until = 0.0

    def get(self) -> str | None:
        return self._value if self._clock() < self._until else None

    def refresh(self, stale: str | None) -> str:
        with self._lock:
            current = self.get()
            if current is not None and current != stale:
                return current
            fresh = self._fetch(False)
            if fresh.value == stale:
                fresh = self._fetch(True)
            # A minute early, so that no call leaves with a token that dies on the way.
            self._value, self._until = fresh.value, self._clock() + max(0, fresh.expires_in - 60)
            return fresh.value
