"""What is kept in memory of the tables, looked at again every few seconds, so that an edit reaches every process."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


def forget(source: object) -> None:
    """Have a source of settings look again on its next call, if it keeps anything at all."""
    again = getattr(source, "forget", None)
    if again is not None:
        again()


class Fresh(Generic[T]):
    """A value that is looked at again when ``seconds`` have passed, and at once in a process that calls :meth:`forget`.

    ``look`` is given what is known (``None`` at first) and returns it when nothing changed. One thread looks at a time;
    others go on with what is known, and wait only while nothing is. What ``look`` raises reaches who called.
    """

    def __init__(
        self, look: Callable[[T | None], T], seconds: float, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._look, self._seconds, self._ticks = look, seconds, ticks
        self._lock = Lock()
        self._known: T | None = None
        self._look_again, self._forgotten = 0.0, 0

    def __call__(self) -> T:
        """Return the value."""
        known = self._known
        if (known is None or self._ticks() >= self._look_again) and self._lock.acquire(blocking=known is None):
            try:
                if self._known is None or self._ticks() >= self._look_again:
                    self._look_now()
            finally:
                self._lock.release()
        assert self._known is not None
        return self._known

    def forget(self) -> None:
        """Look again on the next call (after an edit)."""
        self._forgotten += 1
        self._look_again = 0.0

    def _look_now(self) -> None:
        forgotten = self._forgotten
        self._known = self._look(self._known)
        if self._forgotten == forgotten:  # an edit that came while looking may not have been seen
            self._look_again = self._ticks() + self._seconds
