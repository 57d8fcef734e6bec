"""What moves a running clock's end (计时变更): pause, resume, extension. The caller holds the case and commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.core import Core
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


def pause(session: Session, core: Core, case: Case, rule: str, now: datetime, why: str, actor: str = "system") -> Clock:
    """Stop the clock of ``rule`` from counting (waiting for a third party). Refused where the rule knows no pause."""
    clock = running_clock(session, case, rule)
    if not limits_of(core.profile()).rule(rule).pauses:
        raise InvalidInput(f"{rule} 没有可以暂停的情形，期限照常计算。", field="rule")
    if clock.state == "paused":
        raise Conflict(f"{rule} 已经暂停，恢复之后才能再暂停。")
    clock.state, clock.paused_since = "paused", now
    clock.next_alarm_at, clock.next_step = None, ""
    settle_alerts(session, [clock], now)
    record_change(session, core, clock, "clock_paused", now, actor, {"why": why})
    refresh_case(session, case)
    return clock


def resume(
    session: Session, core: Core, case: Case, rule: str, now: datetime, why: str, actor: str = "system"
) -> Clock:
    """Let the clock of ``rule`` count again; the days from the pause to today, both included, do not count."""
    clock = running_clock(session, case, rule)
    if clock.state != "paused" or clock.paused_since is None:
        raise Conflict(f"{rule} 没有暂停，不需要恢复。")
    gap = [local_day(clock.paused_since).isoformat(), local_day(now).isoformat()]
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
    clock, allowed = running_clock(session, case, rule), limits_of(core.profile()).rule(rule).extension
    if allowed is None:
        raise InvalidInput(f"{rule} 的规定里没有延期，不能延长。", field="rule")
    if clock.extended_by and allowed.times == 1:
        raise Conflict(f"{rule} 已经延长过一次，不能再延长。")
    if not 0 < units <= allowed.length * allowed.times - clock.extended_by:
        raise InvalidInput(f"{rule} 最多延长 {allowed.length} 个单位，不能延长 {units}。", field="units")
    if now >= ends_at(clock):
        raise Conflict(f"{rule} 已经到期，到期之后不能再延长。")
    before = clock.legal_due
    settle_alerts(session, [clock], now)
    clock.extended_by += units
    replan(core, case, clock, now)
    data = {"why": why, "units": units, "before": last_day(before)}
    record_change(session, core, clock, "clock_extended", now, actor, data)
    refresh_case(session, case)
    return clock
