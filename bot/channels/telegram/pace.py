"""Telegram's rates, kept by one process: 30 messages a second in all, one a second to each chat."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

OVERALL_GAP: Final = 1 / 30  # seconds
CHAT_GAP: Final = 1.0
_KEPT: Final = 10_000


class Pace:
    """Gives out turns. ``clock`` is monotonic seconds (tests hand in their own)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self._chats: dict[str, float] = {}

    def turn(self, chat: str, patience: float) -> tuple[float, bool]:
        """Return (seconds to wait, whether the turn was taken); it is not when the wait is over ``patience``."""
        with self._lock:
            now = self._clock()
            at = max(now, self._next, self._chats.get(chat, 0.0))
            if at - now > patience:
                return at - now, False
            self._next, self._chats[chat] = at + OVERALL_GAP, at + CHAT_GAP
            self._forget(now)
            return at - now, True

    def hold(self, chat: str, seconds: float) -> None:
        """Give ``chat`` no turn for ``seconds``: Telegram said so (429)."""
        with self._lock:
            self._chats[chat] = max(self._chats.get(chat, 0.0), self._clock() + seconds)

    def _forget(self, now: float) -> None:
        if len(self._chats) > _KEPT:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}
