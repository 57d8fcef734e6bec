"""What one clock looks like as a row: its due instants, and the step of the ladder that comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.deadlines.counting import Due, Pause, due
from handlers.deadlines.limits import Rule
from handlers.deadlines.workdays import WorkCalendar
from handlers.escalation.ladder import DEFAULT_LADDER, Alarm, Office, climb, prevailing, upcoming
from handlers.organisation.profile import Profile


@dataclass(frozen=True, slots=True)
class Plan:
    """A limit as it stands: ``due`` by the rule alone, ``alarms`` by what prevails (an outer date may be earlier)."""

    due: Due
    alarms: tuple[Alarm, ...]


def office_of(calendar: WorkCalendar, profile: Profile) -> Office:
    """Return what the ladder needs of a bureau."""
    return Office(calendar, profile.hours, profile.quiet, profile.ladder or DEFAULT_LADDER)


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
    office = office_of(calendar, profile)
    return [clock_row(rule, started_at, office, urgent=urgent, outer_due=outer_due) for rule in rules]


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
    }
