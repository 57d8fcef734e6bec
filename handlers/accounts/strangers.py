"""Tries at names that nobody may sign in with: locked like real ones, so that no lock tells which names exist."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

_KEPT: Final = 10_000  # names; the oldest is dropped, so that memory stays flat
_LONGEST: Final = 100


class Strangers:
    """Failures by name in this process; ``tries`` of them lock a name for ``lock``."""

    def __init__(self, tries: int, lock: timedelta) -> None:
        self._tries = tries
        self._lock_for = lock
        self._guard = threading.Lock()
        self._names: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()

    def count(self, name: str, now: datetime) -> datetime | None:
        """Count a try; return until when the name is locked already (``None`` = this try was still free)."""
        name = name[:_LONGEST]
        with self._guard:
            failures, until = self._names.pop(name, (0, None))
            if until is not None and until <= now:
                failures, until = 0, None
            locked = until
            if locked is None:
                failures += 1
                until = now + self._lock_for if failures >= self._tries else None
            self._names[name] = (failures, until)
            if len(self._names) > _KEPT:
                self._names.popitem(last=False)
        return locked
