"""The guides that may answer now, matched against; read from the tables and kept until one changes or the day ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from handlers.deadlines.worktime import local_day
from handlers.fresh import Fresh
from handlers.guides.guide import Guide
from handlers.guides.match import Matcher
from handlers.guides.store import Kept, in_force, stamp
from handlers.records.database import Database

#: What says whether anything changed, and the guides approved.
_Stamped = tuple[object, Sequence[Kept]]


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
    """Gives the guides as they stand now (a :class:`handlers.core.GuideSource`); kept :class:`Fresh`."""

    def __init__(
        self, database: Database, fresh_seconds: float = 5.0, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._fresh = Fresh(self._look, fresh_seconds, ticks)
        self._open: tuple[_Stamped, date, OpenShelf] | None = None

    def __call__(self, now: datetime) -> OpenShelf:
        """Return the shelf of the day of ``now`` (Asia/Shanghai)."""
        day, stamped, shelf = local_day(now), self._fresh(), self._open
        if shelf is None or shelf[0] is not stamped or shelf[1] != day:
            shelf = (stamped, day, _shelf([one for one in stamped[1] if one.guide.valid_on(day)]))
            self._open = shelf
        return shelf[2]

    def forget(self) -> None:
        """Look at the tables again on the next call (after an edit)."""
        self._fresh.forget()

    def _look(self, known: _Stamped | None) -> _Stamped:
        with self._database.read() as session:
            seen = stamp(session)
            return known if known is not None and known[0] == seen else (seen, in_force(session))


def _shelf(kept: Sequence[Kept]) -> OpenShelf:
    return OpenShelf(Matcher([one.guide for one in kept]), {one.guide.code: one.row.id for one in kept})
