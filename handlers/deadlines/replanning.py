"""Counting open clocks anew over one calendar and one table of limits; those that are alike are counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog

from handlers.deadlines.counting import Due, due
from handlers.deadlines.local import limits_of
from handlers.deadlines.open_clocks import OpenClock
from handlers.deadlines.planning import Plan, counts_by_day, office_of, plan
from handlers.deadlines.ticking import pauses_of
from handlers.deadlines.workdays import WorkCalendar
from handlers.errors import HuiyingError
from handlers.organisation.profile import Profile

_log = structlog.get_logger(__name__)

_SHANGHAI_AHEAD: Final = timedelta(hours=8)  # stored instants are UTC, and Shanghai keeps no summer time
_MOST_KEPT: Final = 50_000
_Key = tuple[Any, ...]
_Counted = TypeVar("_Counted", Due, Plan)


class Planner:
    """Counts clocks; what cannot be counted is logged and ``None``."""

    def __init__(self, calendar: WorkCalendar, profile: Profile) -> None:
        self._office = office_of(calendar, profile)
        self._by_day = counts_by_day(profile)
        self._limits = limits_of(profile)
        self._plans: dict[_Key, Plan] = {}
        self._dues: dict[_Key, Due] = {}

    def due(self, clock: OpenClock) -> Due | None:
        """When the clock ends by its rule alone."""
        office = self._office
        return _kept(
            self._dues, self._likeness(clock, by_instant=False), clock,
            lambda: due(
                self._limits.rule(clock.rule), clock.started_at, office.calendar, office.hours, pauses_of(clock),
                clock.extended_by,
            ),
        )  # fmt: skip

    def plan(self, clock: OpenClock, urgent: bool) -> Plan | None:
        """When it ends, and its ladder."""
        return _kept(
            self._plans, (*self._likeness(clock, by_instant=not self._by_day), urgent, clock.outer_due), clock,
            lambda: plan(
                self._limits.rule(clock.rule), clock.started_at, self._office, urgent=urgent,
                outer_due=clock.outer_due, pauses=pauses_of(clock), extend=clock.extended_by,
            ),
        )  # fmt: skip

    def _likeness(self, clock: OpenClock, *, by_instant: bool) -> _Key:
        rule = self._limits.rules.get(clock.rule)
        by_instant = by_instant or rule is None or rule.in_hours
        start = clock.started_at if by_instant else (clock.started_at + _SHANGHAI_AHEAD).date()
        return clock.rule, start, clock.extended_by, str(clock.pauses) if clock.pauses else ""


def _kept(kept: dict[_Key, _Counted], key: _Key, clock: OpenClock, count: Callable[[], _Counted]) -> _Counted | None:
    found = kept.get(key)
    if found is None:
        try:
            found = count()
        except HuiyingError as fault:
            _log.warning("a clock could not be counted anew", clock=clock.id, rule=clock.rule, fault=str(fault))
            return None
        if len(kept) > _MOST_KEPT:
            kept.clear()
        kept[key] = found
    return found
