"""The guides that may answer now, matched against; read from the tables and kept until one changes or the day ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from handlers.deadlines.worktime import local_day
from handlers.guides.guide import Guide
from handlers.guides.match import Matcher
from handlers.guides.store import Kept, in_force, stamp
from handlers.records.database import Database


@dataclass(frozen=True, slots=True)
class OpenShelf:
    """The approved guides valid on one day; ``versions`` gives the id of each guide's version by its code."""

    matcher: Matcher
    versions: Mapping[str, int]

    @property
    def guides(self) -> tuple[Guide, ...]:
        """The guides in the order in which people see them."""
        return tuple(self.matcher.guides)


class GuideShelf:
    """Gives the guides as they stand now (a :class:`handlers.core.GuideSource`).

    The tables are looked at again when ``fresh_seconds`` have passed, so that an approval reaches every process within
    that time, and at once in the process that calls :meth:`forget`.
    """

    def __init__(
        self, database: Database, fresh_seconds: float = 5.0, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._fresh_seconds, self._ticks = database, fresh_seconds, ticks
        self._lock = Lock()
        self._kept: tuple[object, date, OpenShelf] | None = None
        self._look_again = 0.0

    def __call__(self, now: datetime) -> OpenShelf:
        """Return the shelf of the day of ``now`` (Asia/Shanghai)."""
        day, kept = local_day(now), self._kept
        if kept is not None and kept[1] == day and self._ticks() < self._look_again:
            return kept[2]
        with self._lock:
            return self._look(day)

    def forget(self) -> None:
        """Look at the tables again on the next call (after an edit)."""
        self._look_again = 0.0

    def _look(self, day: date) -> OpenShelf:
        kept = self._kept
        with self._database.read() as session:
            seen = stamp(session)
            if kept is None or kept[:2] != (seen, day):
                kept = (seen, day, _shelf([k for k in in_force(session) if k.guide.valid_on(day)]))
                self._kept = kept
        self._look_again = self._ticks() + self._fresh_seconds
        return kept[2]


def _shelf(kept: Sequence[Kept]) -> OpenShelf:
    return OpenShelf(Matcher([one.guide for one in kept]), {one.guide.code: one.row.id for one in kept})
