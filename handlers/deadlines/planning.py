"""What one clock looks like as a row: its due instants, and the step of the ladder that comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from handlers.deadlines.counting import Due, Pause, due
from handlers.deadlines.limits import Rule
from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import local_day
from handlers.escalation.ladder import DEFAULT_LADDER, Alarm, Office, climb, prevailing, upcoming
from handlers.escalation.quiet import in_quiet_hours
from handlers.organisation.profile import Profile


@dataclass(frozen=True, slots=True)
class Plan:
    """A limit as it stands: ``due`` by the rule alone, ``alarms`` by what prevails (an outer date may be earlier)."""

    due: Due
    alarms: tuple[Alarm, ...]


class _Drawer:
    """What was counted for one bureau, kept while its calendar and profile are the same objects.

    Limits in days give the same row for every start on one local day, so that a busy morning counts each rule once.
    """

    def __init__(self, calendar: WorkCalendar, profile: Profile) -> None:
        self.calendar, self.profile = calendar, profile
        self.office = Office(calendar, profile.hours, profile.quiet, profile.ladder or DEFAULT_LADDER)
        self.by_day = counts_by_day(profile)
        self.rows: dict[tuple[str, date, bool], tuple[Rule, dict[str, Any]]] = {}

    def row(self, rule: Rule, started_at: datetime, urgent: bool) -> dict[str, Any]:
        if rule.in_hours or not self.by_day:
            return clock_row(rule, started_at, self.office, urgent=urgent)
        key = (rule.code, local_day(started_at), urgent)
        known, row = self.rows.get(key, (None, {}))
        if known is not rule:
            row = clock_row(rule, started_at, self.office, urgent=urgent)
            if len(self.rows) > _MOST_KEPT:
                self.rows.clear()
            self.rows[key] = rule, row
        return {**row, "started_at": started_at, "pauses": []}


def counts_by_day(profile: Profile) -> bool:
    """Say whether every start on one local day gives the same plan for a limit in days.

    Else a warning could be moved to an hour of the starting day, and the hour of the start would matter.
    """
    return not in_quiet_hours(profile.hours.morning_start, profile.quiet)


_MOST_KEPT: Final = 2000
_last: _Drawer | None = None


def _drawer(calendar: WorkCalendar, profile: Profile) -> _Drawer:
    global _last
    drawer = _last
    if drawer is None or drawer.calendar is not calendar or drawer.profile is not profile:
        _last = drawer = _Drawer(calendar, profile)
    return drawer


def office_of(calendar: WorkCalendar, profile: Profile) -> Office:
    """Return what the ladder needs of a bureau."""
    return _drawer(calendar, profile).office


def plan(
    rule: Rule,
    started_at: datetime,
    office: Office,
    *,
    urgent: bool = False,
    outer_due: datetime | None = None,
    pauses: Sequence[Pause] = (),
    extend: int = 0,
) -> Plan:
    """Count a limit and climb its ladder."""
    own = due(rule, started_at, office.calendar, office.hours, pauses, extend)
    prevails = prevailing(own, outer_due, office)
    alarms = climb(rule, prevails, started_at, office, urgent=urgent, pauses=pauses, extend=extend)
    return Plan(own, alarms)


def start_clocks(
    rules: Iterable[Rule],
    started_at: datetime,
    *,
    calendar: WorkCalendar,
    profile: Profile,
    urgent: bool = False,
    outer_due: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return one row of the ``clock`` table (without ``id`` and ``case_id``) for each rule, for a bulk insert.

    ``outer_due`` is another platform's due instant: it is kept beside ours where it is earlier, except for house
    rules, which promise nothing to that platform.
    """
    drawer = _drawer(calendar, profile)
    if outer_due is None:
        return [drawer.row(rule, started_at, urgent) for rule in rules]
    return [clock_row(rule, started_at, drawer.office, urgent=urgent, outer_due=outer_due) for rule in rules]


def clock_row(
    rule: Rule, started_at: datetime, office: Office, *, urgent: bool = False, outer_due: datetime | None = None
) -> dict[str, Any]:
    """Return the row of one fresh clock."""
    outer = None if rule.house else outer_due
    planned = plan(rule, started_at, office, urgent=urgent, outer_due=outer)
    first = upcoming(planned.alarms, started_at)
    return {
        "rule": rule.code,
        "state": "running",
        "started_at": started_at,
        "legal_due": planned.due.legal_due,
        "safe_due": planned.due.safe_due,
        "outer_due": outer if outer and outer < planned.due.legal_due else None,
        "provisional": planned.due.provisional,
        "pauses": [],
        "paused_since": None,
        "extended_by": 0,
        "met_at": None,
        "ended_why": "",
        "next_alarm_at": first.at if first else None,
        "next_step": first.step if first else "",
        "colour": "",
        "adopted_from": None,
    }
