"""What moves a running clock's end (计时变更): pause, resume, extension. The caller holds the case and commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.limits import UNIT_NAMES, Extension, Rule
from handlers.deadlines.local import limits_of
from handlers.deadlines.ticking import (
    ends_at,
    last_day,
    record_change,
    refresh_case,
    replan,
    running_clock,
    settle_alerts,
)
from handlers.deadlines.worktime import local_day
from handlers.errors import Conflict, InvalidInput
from handlers.records.case import Case
from handlers.records.clock import Clock


def pause(
    session: Session,
    core: Core,
    case: Case,
    rule: str,
    now: datetime,
    why: str,
    actor: str = "system",
    *,
    since: datetime | None = None,
) -> Clock:
    """Stop the clock of ``rule`` from counting, from the day of ``since`` (default: today) on.

    Refused where the rule knows no pause, before the clock's start, and once it has ended.
    """
    clock, since = running_clock(session, case, rule), since or now
    if not limits_of(core.profile()).rule(rule).pauses:
        raise InvalidInput(f"{rule} 没有可以暂停的情形，期限照常计算。", field="rule")
    if clock.state == "paused":
        raise Conflict(f"{rule} 已经暂停，恢复之后才能再暂停。")
    if not local_day(clock.started_at) <= local_day(since) <= local_day(now):
        raise InvalidInput("暂停只能从起算之后、今天以前的日期算起，期限没有改变。", field="day")
    if now >= ends_at(clock):
        raise Conflict(f"{rule} 已经到期，到期之后不能再暂停。")
    clock.state, clock.paused_since = "paused", since
    clock.next_alarm_at, clock.next_step = None, ""
    settle_alerts(session, [clock], now)
    record_change(session, core, clock, "clock_paused", now, actor, {"why": why, "since": _other_day(since, now)})
    refresh_case(session, case)
    return clock


def resume(
    session: Session,
    core: Core,
    case: Case,
    rule: str,
    now: datetime,
    why: str,
    actor: str = "system",
    *,
    until: datetime | None = None,
) -> Clock:
    """Let the clock of ``rule`` count again; the days from the pause to ``until`` (default: today) do not count.

    Both are included; a pause cannot have ended before it began, nor end in the future.
    """
    clock, until = running_clock(session, case, rule), until or now
    if clock.state != "paused" or clock.paused_since is None:
        raise Conflict(f"{rule} 没有暂停，不需要恢复。")
    if not local_day(clock.paused_since) <= local_day(until) <= local_day(now):
        raise InvalidInput("恢复的日期应在暂停之后、今天以前，期限没有改变。", field="day")
    gap = [local_day(clock.paused_since).isoformat(), local_day(until).isoformat()]
    clock.state, clock.paused_since, clock.pauses = "running", None, [*clock.pauses, gap]
    replan(core, case, clock, now)
    record_change(session, core, clock, "clock_resumed", now, actor, {"why": why, "days": gap})
    refresh_case(session, case)
    return clock


def extend(
    session: Session, core: Core, case: Case, rule: str, units: int, now: datetime, why: str, actor: str = "system"
) -> Clock:
    """Extend the clock of ``rule`` by ``units`` of its unit, from its old last day.

    Only before expiry, only as often and as far as the rule allows; who may approve is the caller's question.
    """
    clock = running_clock(session, case, rule)
    check_extension(core, clock, units, now)
    before = clock.legal_due
    settle_alerts(session, [clock], now)
    clock.extended_by += units
    replan(core, case, clock, now)
    data = {"why": why, "units": units, "before": last_day(before)}
    record_change(session, core, clock, "clock_extended", now, actor, data)
    refresh_case(session, case)
    return clock


def check_extension(core: Core, clock: Clock, units: int, now: datetime) -> Extension:
    """Raise unless the rule allows ``units`` more on this clock now; returns what it allows."""
    rule = limits_of(core.profile()).rule(clock.rule)
    allowed = rule.extension
    if allowed is None:
        raise InvalidInput(f"{rule.code} 的规定里没有延期，不能延长。", field="clock")
    if clock.extended_by and allowed.times == 1:
        raise Conflict(f"{rule.code} 已经延长过一次，不能再延长。")
    most = most_units(rule, clock)
    if not 0 < units <= most:
        unit = UNIT_NAMES[rule.unit]
        raise InvalidInput(f"{rule.code} 最多延长 {most}{unit}，不能延长 {units}{unit}。", "units")
    if has_ended(clock, now):
        raise Conflict(f"{rule.code} 已经到期，到期之后不能再延长。")
    return allowed


def most_units(rule: Rule, clock: Clock) -> int:
    """How many units more the rule allows on this clock at one time; 0 = none (any more)."""
    allowed = rule.extension
    if allowed is None or (clock.extended_by and allowed.times == 1):
        return 0
    return max(0, min(allowed.length, allowed.length * allowed.times - clock.extended_by))


def has_ended(clock: Clock, now: datetime) -> bool:
    """Whether its time is over. A clock that rests has not ended: its stored end moves when it goes on."""
    ends = clock.outer_due if clock.state == "paused" else ends_at(clock)
    return ends is not None and now >= ends


def _other_day(day: datetime, now: datetime) -> str:
    return local_day(day).isoformat() if local_day(day) != local_day(now) else ""
