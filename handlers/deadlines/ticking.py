"""One clock of a case at work: which run, when they end, counting one anew, and what the case repeats of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Protocol

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.counting import Pause
from handlers.deadlines.limits import load_limits
from handlers.deadlines.local import limits_of
from handlers.deadlines.planning import Plan, office_of, plan
from handlers.deadlines.worktime import SHANGHAI
from handlers.errors import InvalidInput
from handlers.escalation.ladder import Alarm, colour_at, upcoming
from handlers.escalation.settling import settle
from handlers.records.alert import Alert
from handlers.records.case import Case
from handlers.records.clock import Clock
from handlers.records.of_case import rows_of


class Ticking(Protocol):
    """What is needed of a clock to count it: its row, or a copy of the row's columns."""

    id: int
    rule: str
    state: str
    started_at: datetime
    legal_due: datetime
    safe_due: datetime
    outer_due: datetime | None
    provisional: bool
    pauses: list[Any]
    extended_by: int
    next_alarm_at: datetime | None
    next_step: str
    colour: str


LIVE: Final = ("running", "paused")
CLOCK_STATES: Final = (*LIVE, "met", "lapsed", "stopped")
_SEVERITY: Final = ("", "yellow", "orange", "red")


def ends_at(clock: Ticking) -> datetime:
    """Return the instant that prevails: ours, or an outer platform's earlier one."""
    return min(clock.legal_due, clock.outer_due) if clock.outer_due else clock.legal_due


def open_clocks(session: Session, case_id: int, states: Sequence[str] = LIVE) -> list[Clock]:
    """Return the case's clocks in these states (default: running or paused), oldest first."""
    return [clock for clock in rows_of(session, Clock, case_id) if clock.state in states]


def replan(core: Core, case: Case, clock: Clock, now: datetime) -> None:
    """Count a clock again from its start, pauses and extension, and set its next alarm and colour."""
    set_plan(clock, plan_of(core, case, clock), now)


def set_plan(clock: Ticking, planned: Plan, now: datetime) -> None:
    """Write a plan into its clock's columns."""
    clock.legal_due, clock.safe_due = planned.due.legal_due, planned.due.safe_due
    clock.provisional = planned.due.provisional
    if clock.state == "running":
        following = next_alarm(planned.alarms, clock.colour, now)
        clock.next_alarm_at = following.at if following else None
        clock.next_step = following.step if following else ""
        clock.colour = colour_at(planned.alarms, now)


def next_alarm(alarms: Sequence[Alarm], shown: str, now: datetime) -> Alarm | None:
    """The alarm that comes next on a clock counted anew; ``shown`` is the colour its people were told of before."""
    if not shown:
        return upcoming(alarms, now)
    told_of_miss = shown == "red"
    return next((a for a in alarms if a.at > now or not (a.warns or told_of_miss)), None)


def plan_of(core: Core, case: Case, clock: Clock) -> Plan:
    """Return the due instants and alarms of a stored clock."""
    return plan(
        limits_of(core.profile()).rule(clock.rule),
        clock.started_at,
        office_of(core.calendar(), core.profile()),
        urgent=case.calls,
        outer_due=clock.outer_due,
        pauses=pauses_of(clock),
        extend=clock.extended_by,
    )


def pauses_of(clock: Ticking) -> list[Pause]:
    """Return a clock's pauses as dates, inclusive at both ends."""
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in clock.pauses]


def refresh_case(session: Session, case: Case) -> None:
    """Repeat the earliest running clock, and the worst colour, on the case's row."""
    session.flush()
    for name, value in repeated(open_clocks(session, case.id, ("running",))).items():
        setattr(case, name, value)


def repeated(running: Sequence[Ticking]) -> dict[str, Any]:
    """Return what a case's row repeats of its running clocks; what others have to answer by is none of its dates."""
    running = [clock for clock in running if not load_limits().rule(clock.rule).of_others]
    first = min(running, key=ends_at, default=None)
    return {
        "next_due_at": ends_at(first) if first else None,
        "next_safe_due_at": min(first.safe_due, ends_at(first)) if first else None,
        "next_due_rule": first.rule if first else None,
        "colour": max((clock.colour for clock in running), key=_SEVERITY.index, default=""),
    }


def running_clock(session: Session, case: Case, rule: str) -> Clock:
    """Return the running or paused clock of ``rule``; raises :class:`InvalidInput` when the case has none."""
    for clock in open_clocks(session, case.id):
        if clock.rule == rule:
            return clock
    raise InvalidInput(f"这件诉求没有正在计时的 {rule}。", field="rule")


def close_clock(clock: Clock, state: str, why: str) -> None:
    """End a clock: no alarm will come any more."""
    clock.state, clock.ended_why = state, why[:300]
    clock.next_alarm_at, clock.next_step, clock.paused_since = None, "", None


def settle_alerts(session: Session, clocks: Sequence[Ticking], now: datetime) -> None:
    """Take the warnings of clocks that have ended off the board."""
    settle(session, now, Alert.clock_id.in_([clock.id for clock in clocks]))


def record_change(
    session: Session, core: Core, clock: Clock, action: str, at: datetime, actor: str, data: dict[str, Any]
) -> None:
    """Write a change of a clock as an event of its case, with its rule, last day, and outer day."""
    outer = {"outer": clock.outer_due.astimezone(SHANGHAI).isoformat(timespec="minutes")} if clock.outer_due else {}
    shown = {"rule": clock.rule, "due": last_day(clock.legal_due), **outer, **{k: v for k, v in data.items() if v}}
    core.ledger.append(session, clock.case_id, actor, action, at, shown)


def last_day(exclusive_end: datetime) -> str:
    """Return the last day of a limit in days, or the instant of one in hours, as events keep it."""
    local = exclusive_end.astimezone(SHANGHAI)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return date.fromordinal(local.date().toordinal() - 1).isoformat()
    return local.isoformat(timespec="minutes")
