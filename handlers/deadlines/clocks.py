"""The clocks of a case (计时): started, met, paused, extended, stopped; every change is a case event.

The caller holds the case's row locked and commits. Triage and transfer call nothing here but :func:`meet` for NB-01:
they restart no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.counting import Pause
from handlers.deadlines.limits import Rule, load_limits
from handlers.deadlines.planning import Plan, clock_row, office_of, plan, start_clocks
from handlers.deadlines.worktime import SHANGHAI, local_day
from handlers.errors import Conflict, InvalidInput
from handlers.escalation.ladder import Alarm, colour_at, upcoming
from handlers.records.case import Case
from handlers.records.clock import Clock

__all__ = [
    "add_clocks", "apply_rules", "extend", "lapse", "meet", "open_clocks", "pause", "refresh_case", "replan", "resume",
    "start_clocks", "stop",
]  # fmt: skip

LIVE: Final = ("running", "paused")
_SEVERITY: Final = ("", "yellow", "orange", "red")


def ends_at(clock: Clock) -> datetime:
    """Return the instant that prevails: ours, or an outer platform's earlier one."""
    return min(clock.legal_due, clock.outer_due) if clock.outer_due else clock.legal_due


def open_clocks(session: Session, case_id: int, states: Sequence[str] = LIVE) -> list[Clock]:
    """Return the case's clocks in these states (default: running or paused), oldest first."""
    wanted = select(Clock).where(Clock.case_id == case_id, Clock.state.in_(states)).order_by(Clock.id)
    return list(session.scalars(wanted))


def add_clocks(
    session: Session,
    core: Core,
    case: Case,
    rules: Iterable[Rule],
    started_at: datetime,
    now: datetime,
    actor: str = "system",
) -> list[Clock]:
    """Start further clocks on a case that is open already (a reopening, a change of track)."""
    office = office_of(core.calendar(), core.profile())
    clocks = []
    for rule in rules:
        row = clock_row(rule, started_at, office, urgent=case.urgent, outer_due=case.outer_due_at)
        clock = Clock(case_id=case.id, **row)
        session.add(clock)
        clocks.append(clock)
        _record(session, core, clock, "clock_started", now, actor, {"started": _day(started_at)})
    refresh_case(session, case)
    return clocks


def meet(
    session: Session,
    core: Core,
    case: Case,
    at: datetime,
    rules: Collection[str] | None = None,
    why: str = "",
    actor: str = "system",
) -> list[Clock]:
    """Mark clocks as met at ``at``: those of ``rules``, or (``None``) every one that a delivered answer meets.

    A written act (信访, 依申请公开) is met by name only, when its proof of service is recorded.
    """
    limits = load_limits()
    met = [
        clock
        for clock in open_clocks(session, case.id)
        if (limits.rule(clock.rule).met_by_answer if rules is None else clock.rule in rules)
    ]
    for clock in met:
        _close(clock, "met", why)
        clock.met_at = at
        late = {"late": True} if at >= ends_at(clock) else {}
        _record(session, core, clock, "clock_met", at, actor, {"why": why, **late})
    if met:
        refresh_case(session, case)
    return met


def stop(
    session: Session,
    core: Core,
    case: Case,
    now: datetime,
    why: str,
    rules: Collection[str] | None = None,
    actor: str = "system",
    *,
    lapsed: bool = False,
) -> list[Clock]:
    """End clocks that no longer apply (merged, withdrawn, another kind): those of ``rules``, or all."""
    ended = [clock for clock in open_clocks(session, case.id) if rules is None or clock.rule in rules]
    for clock in ended:
        _close(clock, "lapsed" if lapsed else "stopped", why)
        _record(session, core, clock, "clock_lapsed" if lapsed else "clock_stopped", now, actor, {"why": why})
    if ended:
        refresh_case(session, case)
    return ended


def lapse(
    session: Session, core: Core, case: Case, rule: str, now: datetime, why: str, actor: str = "system"
) -> list[Clock]:
    """End the clock of ``rule`` without its act: its occasion is gone (the citizen never sent the correction)."""
    return stop(session, core, case, now, why, (rule,), actor, lapsed=True)


def apply_rules(
    session: Session, core: Core, case: Case, now: datetime, why: str, actor: str = "system"
) -> tuple[list[Clock], list[Clock]]:
    """After a correction of kind or track: stop the rules that were wrong, start the right ones.

    The right ones run from the original instant (receipt, or dispatch by an outer platform). Returns (stopped,
    started). A rule that runs already, or was met already, is left alone; the house rule of triage is never touched.
    """
    wanted = {rule.code: rule for rule in load_limits().to_start(case.kind, case.source, case.track)}
    clocks = open_clocks(session, case.id, (*LIVE, "met"))
    startable = load_limits().startable
    wrong = [c.rule for c in clocks if c.state in LIVE and c.rule in startable and c.rule not in wanted]
    stopped = stop(session, core, case, now, why, wrong, actor) if wrong else []
    present = {clock.rule for clock in clocks}
    missing = [rule for code, rule in wanted.items() if code not in present]
    started_at = case.outer_dispatched_at or case.received_at
    return stopped, add_clocks(session, core, case, missing, started_at, now, actor)


def pause(session: Session, core: Core, case: Case, rule: str, now: datetime, why: str, actor: str = "system") -> Clock:
    """Stop the clock of ``rule`` from counting (waiting for a third party). Refused where the rule knows no pause."""
    clock = _one(session, case, rule)
    if not load_limits().rule(rule).pauses:
        raise InvalidInput(f"{rule} 没有可以暂停的情形，期限照常计算。", field="rule")
    if clock.state == "paused":
        raise Conflict(f"{rule} 已经暂停，恢复之后才能再暂停。")
    clock.state, clock.paused_since = "paused", now
    clock.next_alarm_at, clock.next_step = None, ""
    _record(session, core, clock, "clock_paused", now, actor, {"why": why})
    refresh_case(session, case)
    return clock


def resume(
    session: Session, core: Core, case: Case, rule: str, now: datetime, why: str, actor: str = "system"
) -> Clock:
    """Let the clock of ``rule`` count again; the days from the pause to today, both included, do not count."""
    clock = _one(session, case, rule)
    if clock.state != "paused" or clock.paused_since is None:
        raise Conflict(f"{rule} 没有暂停，不需要恢复。")
    gap = [local_day(clock.paused_since).isoformat(), local_day(now).isoformat()]
    clock.state, clock.paused_since, clock.pauses = "running", None, [*clock.pauses, gap]
    replan(core, case, clock, now)
    _record(session, core, clock, "clock_resumed", now, actor, {"why": why, "days": gap})
    refresh_case(session, case)
    return clock


def extend(
    session: Session, core: Core, case: Case, rule: str, units: int, now: datetime, why: str, actor: str = "system"
) -> Clock:
    """Extend the clock of ``rule`` by ``units`` of its unit, from its old last day.

    Only before expiry, only as often and as far as the rule allows; who may approve is the caller's question.
    """
    clock, allowed = _one(session, case, rule), load_limits().rule(rule).extension
    if allowed is None:
        raise InvalidInput(f"{rule} 的规定里没有延期，不能延长。", field="rule")
    if clock.extended_by and allowed.times == 1:
        raise Conflict(f"{rule} 已经延长过一次，不能再延长。")
    if not 0 < units <= allowed.length * allowed.times - clock.extended_by:
        raise InvalidInput(f"{rule} 最多延长 {allowed.length} 个单位，不能延长 {units}。", field="units")
    if now >= ends_at(clock):
        raise Conflict(f"{rule} 已经到期，到期之后不能再延长。")
    before = clock.legal_due
    clock.extended_by += units
    replan(core, case, clock, now)
    data = {"why": why, "units": units, "before": _last_day(before)}
    _record(session, core, clock, "clock_extended", now, actor, data)
    refresh_case(session, case)
    return clock


def replan(core: Core, case: Case, clock: Clock, now: datetime) -> None:
    """Count a clock again from its start, pauses and extension, and set its next alarm and colour."""
    planned = plan_of(core, case, clock)
    clock.legal_due, clock.safe_due = planned.due.legal_due, planned.due.safe_due
    clock.provisional = planned.due.provisional
    if clock.state == "running":
        following = _next_alarm(planned.alarms, clock.colour, now)
        clock.next_alarm_at = following.at if following else None
        clock.next_step = following.step if following else ""
        clock.colour = colour_at(planned.alarms, now)


def _next_alarm(alarms: Sequence[Alarm], shown: str, now: datetime) -> Alarm | None:
    """The alarm that comes next on a clock counted anew; ``shown`` is the colour its people were told of before."""
    if not shown:
        return upcoming(alarms, now)
    told_of_miss = shown == "red"
    return next((a for a in alarms if a.at > now or not (a.warns or told_of_miss)), None)


def plan_of(core: Core, case: Case, clock: Clock) -> Plan:
    """Return the due instants and alarms of a stored clock."""
    return plan(
        load_limits().rule(clock.rule),
        clock.started_at,
        office_of(core.calendar(), core.profile()),
        urgent=case.urgent,
        outer_due=clock.outer_due,
        pauses=pauses_of(clock),
        extend=clock.extended_by,
    )


def pauses_of(clock: Clock) -> list[Pause]:
    """Return a clock's pauses as dates, inclusive at both ends."""
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in clock.pauses]


def refresh_case(session: Session, case: Case) -> None:
    """Repeat the earliest running clock, and the worst colour, on the case's row."""
    session.flush()
    running = open_clocks(session, case.id, ("running",))
    first = min(running, key=ends_at, default=None)
    case.next_due_at = ends_at(first) if first else None
    case.next_safe_due_at = min(first.safe_due, ends_at(first)) if first else None
    case.next_due_rule = first.rule if first else None
    case.colour = max((clock.colour for clock in running), key=_SEVERITY.index, default="")


def _one(session: Session, case: Case, rule: str) -> Clock:
    for clock in open_clocks(session, case.id):
        if clock.rule == rule:
            return clock
    raise InvalidInput(f"这件诉求没有正在计时的 {rule}。", field="rule")


def _close(clock: Clock, state: str, why: str) -> None:
    clock.state, clock.ended_why = state, why[:300]
    clock.next_alarm_at, clock.next_step, clock.paused_since = None, "", None


def _record(
    session: Session, core: Core, clock: Clock, action: str, at: datetime, actor: str, data: dict[str, Any]
) -> None:
    shown = {"rule": clock.rule, "due": _last_day(clock.legal_due), **{k: v for k, v in data.items() if v}}
    core.ledger.append(session, clock.case_id, actor, action, at, shown)


def _day(instant: datetime) -> str:
    return local_day(instant).isoformat()


def _last_day(exclusive_end: datetime) -> str:
    """The last day of a limit in days, or the instant of one in hours, as events keep it."""
    local = exclusive_end.astimezone(SHANGHAI)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return date.fromordinal(local.date().toordinal() - 1).isoformat()
    return local.isoformat(timespec="minutes")
