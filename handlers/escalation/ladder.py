"""The ladder of warnings (预警阶梯): when each step of one clock is due. Pure: dates in, instants out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from handlers.deadlines.counting import DEFAULT_HOURS, Due, Pause, advance
from handlers.deadlines.limits import Rule
from handlers.deadlines.workdays import WorkCalendar
from handlers.deadlines.worktime import business_end, business_start, last_working_hour_before, local_day
from handlers.escalation.quiet import is_quiet, loud_from
from handlers.organisation.profile import LadderStep, QuietHours, WorkingHours

_DAY: Final = timedelta(days=1)
DEFAULT_QUIET: Final = QuietHours()

# TIME-LIMITS "Ladder of warnings": what holds where a bureau's profile has no ladder of its own.
DEFAULT_LADDER: Final = (
    LadderStep(code="yellow", colour="yellow", against="safe_due", working_days=-2, hours_share=0.5,
               recipients=("officer", "head")),
    LadderStep(code="orange", colour="orange", against="safe_due", working_days=-1, hours_share=0.8,
               recipients=("office",)),
    LadderStep(code="red", colour="red", against="legal_due", working_days=0, hours_share=1.0,
               recipients=("office", "leader")),
    LadderStep(code="notice", colour="notice", against="legal_due", working_days=5, recipients=("head", "office")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """What the ladder needs to know of a bureau: its calendar, hours, quiet time and steps."""

    calendar: WorkCalendar
    hours: WorkingHours = DEFAULT_HOURS
    quiet: QuietHours = DEFAULT_QUIET
    ladder: tuple[LadderStep, ...] = DEFAULT_LADDER


@dataclass(frozen=True, slots=True)
class Alarm:
    """One step of one clock: taken (and shown) at ``at``, pushed to people's devices from ``send_at`` on."""

    step: str
    colour: str
    at: datetime
    send_at: datetime
    warns: bool  # before the limit (yellow, orange): pointless once a later step is due


def prevailing(due: Due, outer_due: datetime | None, office: Office) -> Due:
    """Return ``due``, or the outer platform's instant where that is earlier (it prevails)."""
    if outer_due is None or outer_due >= due.legal_due:
        return due
    if due.in_hours:
        day = local_day(outer_due)
        return replace(due, unrolled=day, legal_day=day, safe_day=day, legal_due=outer_due, safe_due=outer_due)
    legal = local_day(outer_due - timedelta(microseconds=1))
    safe = min(due.safe_day, office.calendar.last_workday_on_or_before(legal))
    close = min(business_end(safe, office.hours), outer_due)
    return replace(due, unrolled=legal, legal_day=legal, safe_day=safe, legal_due=outer_due, safe_due=close)


def climb(
    rule: Rule,
    due: Due,
    started_at: datetime,
    office: Office,
    *,
    urgent: bool = False,
    pauses: Sequence[Pause] = (),
    extend: int = 0,
) -> tuple[Alarm, ...]:
    """Return the alarms of a clock in the order of time.

    ``urgent`` cases and limits counted in hours keep no quiet time. ``pauses`` and ``extend`` are those that ``due``
    was counted with.
    """
    if due.in_hours:
        alarms = _by_share(rule, due, started_at, office, pauses, extend)
    else:
        alarms = [*_warnings(due, started_at, office, urgent), *_misses(due, office, urgent)]
    return tuple(sorted(alarms, key=lambda alarm: alarm.at))


def _by_share(
    rule: Rule, due: Due, started_at: datetime, office: Office, pauses: Sequence[Pause], extend: int
) -> list[Alarm]:
    alarms = []
    for step in office.ladder:
        if step.colour == "red":
            at = due.legal_due
        elif step.hours_share is None:
            continue
        else:
            share = step.hours_share
            at = min(advance(rule, started_at, share, office.calendar, office.hours, pauses, extend), due.legal_due)
        alarms.append(Alarm(step.code, step.colour, at, at, step.against == "safe_due"))
    return alarms


def _warnings(due: Due, started_at: datetime, office: Office, urgent: bool) -> list[Alarm]:
    steps = sorted((s for s in office.ladder if s.against == "safe_due"), key=lambda s: s.working_days)
    days = _warning_days(steps, due.safe_day, local_day(started_at), office.calendar)
    alarms = []
    for step, day in zip(steps[len(steps) - len(days) :], days, strict=True):
        at = business_start(day, office.hours)
        if not urgent and is_quiet(at, office.calendar, office.quiet):
            at = max(last_working_hour_before(at, office.calendar, office.hours), started_at)
        alarms.append(Alarm(step.code, step.colour, at, at, warns=True))
    return alarms


def _warning_days(steps: Sequence[LadderStep], safe: date, started: date, calendar: WorkCalendar) -> list[date]:
    """Return a morning for each of the last steps that fit between the start and ``safe``: never two on one."""
    first = calendar.next_workday_on_or_after(started + _DAY)
    for skipped in range(len(steps)):
        days: list[date] = []
        earliest = first
        for step in steps[skipped:]:
            wished = calendar.add_workdays(safe, step.working_days) if step.working_days else safe
            days.append(max(wished, earliest))
            earliest = calendar.add_workdays(days[-1], 1)
        if days[-1] <= safe:
            return days
    return []


def _misses(due: Due, office: Office, urgent: bool) -> list[Alarm]:
    alarms = []
    for step in office.ladder:
        if step.against != "legal_due":
            continue
        if step.working_days == 0:
            at = due.legal_due
        else:
            at = business_start(office.calendar.add_workdays(due.legal_day, step.working_days), office.hours)
        send_at = at if urgent else loud_from(at, office.calendar, office.quiet)
        alarms.append(Alarm(step.code, step.colour, at, send_at, warns=False))
    return alarms


def upcoming(alarms: Sequence[Alarm], now: datetime, after: str = "") -> Alarm | None:
    """Return the alarm to take next: the first behind step ``after`` that no later step has overtaken by ``now``.

    A warning whose successor is due already says nothing any more and is left out; a miss never is.
    """
    codes = [alarm.step for alarm in alarms]
    rest = alarms[codes.index(after) + 1 :] if after in codes else alarms
    for position, alarm in enumerate(rest):
        overtaken = alarm.warns and any(later.at <= now for later in rest[position + 1 :])
        if not overtaken:
            return alarm
    return None


def colour_at(alarms: Sequence[Alarm], now: datetime) -> str:
    """Return the colour the queue shows at ``now``: "", ``yellow``, ``orange`` or ``red``."""
    colour = ""
    for alarm in alarms:
        if alarm.at <= now:
            colour = "red" if alarm.colour == "notice" else alarm.colour
    return colour
