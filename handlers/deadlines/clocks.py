"""The clocks of a case (计时): started, met, stopped; every change is a case event.

The caller holds the case's row locked and commits. Triage and transfer call nothing here but :func:`meet` for NB-01:
they restart no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.changes import extend, pause, resume
from handlers.deadlines.limits import Rule
from handlers.deadlines.local import limits_of
from handlers.deadlines.planning import clock_row, office_of, start_clocks
from handlers.deadlines.ticking import (
    CLOCK_STATES,
    LIVE,
    close_clock,
    ends_at,
    open_clocks,
    pauses_of,
    plan_of,
    record_change,
    refresh_case,
    replan,
    settle_alerts,
)
from handlers.deadlines.tracks import rules_of
from handlers.deadlines.worktime import local_day
from handlers.errors import InvalidInput
from handlers.records.case import Case
from handlers.records.clock import Clock

__all__ = [
    "LIVE", "add_clocks", "apply_rules", "ends_at", "extend", "lapse", "meet", "open_clocks", "pause", "pauses_of",
    "plan_of", "presumed_kind", "refresh_case", "replan", "resume", "start_clocks", "stop",
]  # fmt: skip


def add_clocks(
    session: Session,
    core: Core,
    case: Case,
    rules: Iterable[Rule],
    started_at: datetime,
    now: datetime,
    actor: str = "system",
    *,
    outer: bool = True,
    why: str = "",
) -> list[Clock]:
    """Start further clocks on a case that is open already (a reopening, a change of track, a step of its procedure).

    Rules that the bureau has taken out of use (停用) start nothing. ``outer`` False: an outer platform's date is not
    about this limit (another party's time to answer). Raises InvalidInput for a start in the future.
    """
    if started_at > now:
        raise InvalidInput("起算日还没有到，计时没有开始。请填今天或以前的日期。", field="day")
    office = office_of(core.calendar(), core.profile())
    clocks = []
    for rule in (rule for rule in rules if rule.active):
        outer_due = case.outer_due_at if outer else None
        row = clock_row(rule, started_at, office, urgent=case.calls, outer_due=outer_due)
        clock = Clock(case_id=case.id, **row)
        session.add(clock)
        clocks.append(clock)
        told = {"started": local_day(started_at).isoformat(), "why": why}
        record_change(session, core, clock, "clock_started", now, actor, told)
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
    *,
    clock_id: int | None = None,
) -> list[Clock]:
    """Mark clocks as met at ``at``: those of ``rules``, or (``None``) every one that a delivered answer meets.

    A written act (信访, 依申请公开) is met by name only, when its proof of service is recorded. ``clock_id``: this one
    only, of several with the same rule.
    """
    limits = limits_of(core.profile())
    met = [
        clock
        for clock in open_clocks(session, case.id)
        if (limits.rule(clock.rule).met_by_answer if rules is None else clock.rule in rules)
        and clock_id in (None, clock.id)
    ]
    for clock in met:
        close_clock(clock, "met", why)
        clock.met_at = at
        late = {"late": True} if at >= ends_at(clock) else {}
        record_change(session, core, clock, "clock_met", at, actor, {"why": why, **late})
    if met:
        settle_alerts(session, met, at)
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
    void: bool = False,
    adopted: bool = True,
    clock_id: int | None = None,
) -> list[Clock]:
    """End clocks that no longer apply (merged, withdrawn, another kind): those of ``rules``, or all.

    ``void``: the rule never applied to this case, so that figures count its limit neither as kept nor as missed.
    ``adopted`` False: those taken over from a merged case go on. ``clock_id``: this one only.
    """
    ended = [
        clock
        for clock in open_clocks(session, case.id)
        if (rules is None or clock.rule in rules)
        and (adopted or clock.adopted_from is None)
        and clock_id in (None, clock.id)
    ]
    for clock in ended:
        close_clock(clock, "lapsed" if lapsed else "stopped", why)
        action = "clock_lapsed" if lapsed else "clock_stopped"
        record_change(session, core, clock, action, now, actor, {"why": why, "void": void})
    if ended:
        settle_alerts(session, ended, now)
        refresh_case(session, case)
    return ended


def lapse(
    session: Session,
    core: Core,
    case: Case,
    rule: str,
    now: datetime,
    why: str,
    actor: str = "system",
    *,
    clock_id: int | None = None,
) -> list[Clock]:
    """End the clock of ``rule`` without its act: its occasion is gone (another party kept silent)."""
    return stop(session, core, case, now, why, (rule,), actor, lapsed=True, clock_id=clock_id)


def apply_rules(
    session: Session, core: Core, case: Case, now: datetime, why: str, actor: str = "system"
) -> tuple[list[Clock], list[Clock]]:
    """After a correction of kind or track: stop the rules that were wrong, start the right ones.

    The right ones run from the original instant (receipt, or dispatch by an outer platform), on a reopened case from
    its reopening. Returns (stopped, started). A rule that runs already, or was met already since that instant, is left
    alone; the house rule of triage is never touched.
    """
    limits = limits_of(core.profile())
    mine = [c for c in open_clocks(session, case.id, CLOCK_STATES) if c.adopted_from is None]
    clocks = [c for c in mine if c.rule in limits.startable]
    kind = presumed_kind(case) if clocks or case.state != "triage" else case.kind
    wanted = rules_of(session, limits, case, kind)
    wrong = [clock.rule for clock in clocks if clock.state in LIVE and clock.rule not in wanted]
    stopped = stop(session, core, case, now, why, wrong, actor, void=True, adopted=False) if wrong else []
    at_first = [c.started_at for c in clocks if c.rule not in wanted or wanted[c.rule].since is None]
    started_at = max(at_first, default=case.outer_dispatched_at or case.received_at)
    present = {c.rule for c in clocks if c.state in LIVE or (c.state == "met" and c.started_at >= started_at)}
    started: list[Clock] = []
    for code, begun in wanted.items():
        if code not in present:
            since = max(begun.since or started_at, started_at)
            started += add_clocks(session, core, case, [begun.rule], since, now, actor)
    return stopped, started


def presumed_kind(case: Case) -> str:
    """The kind that the limits go by: while nobody has decided it, the one that must be answered soonest."""
    return case.kind or ("report" if case.restricted or case.accused_type else "consultation")
