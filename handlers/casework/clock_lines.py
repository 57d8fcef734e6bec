"""Every clock of a case as people read it: its state, both dates where two compete, and why it rests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.local import day
from handlers.casework.promise import latest_words
from handlers.casework.veil import hidden_in, veiled
from handlers.core import Core
from handlers.deadlines.clocks import LIVE, ends_at, pauses_of
from handlers.deadlines.explain import explain
from handlers.deadlines.limits import UNIT_NAMES, Rule
from handlers.deadlines.local import limits_of
from handlers.records import Case, CaseEvent, Clock
from handlers.records.of_case import rows_of

_STATES = {"running": "计时中", "paused": "已暂停", "met": "已达成", "lapsed": "已失效", "stopped": "已停止"}


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One limit. ``ends`` prevails; ``own`` and ``outer`` are both dates where an outer platform's is the earlier."""

    clock: Clock
    rule: Rule
    state: str
    state_words: str
    ends: str
    own: str
    outer: str
    late: bool
    why: str
    paused: str
    extended: str
    ended: str

    @property
    def counts(self) -> bool:
        """Whether it runs, rests or was met: what was stopped is told apart."""
        return self.state in (*LIVE, "met")

    @property
    def live(self) -> bool:
        """Whether it runs or rests."""
        return self.state in LIVE


def clock_lines(session: Session, core: Core, case: Case, now: datetime) -> list[ClockLine]:
    """Return the case's clocks, oldest first."""
    found = rows_of(session, Clock, case.id)
    reasons = _reasons(session, case) if any(clock.state == "paused" for clock in found) else {}
    hidden = hidden_in(session, (clock.ended_why for clock in found), {case.id})
    return [_line(core, clock, reasons.get(clock.rule, ""), hidden, now) for clock in found]


def _reasons(session: Session, case: Case) -> dict[str, str]:
    """Why each rule was paused last."""
    wanted = select(CaseEvent.data).where(CaseEvent.case_id == case.id, CaseEvent.action == "clock_paused")
    return {str(data.get("rule")): str(data.get("why", "")) for data in session.scalars(wanted.order_by(CaseEvent.seq))}


def _line(core: Core, clock: Clock, reason: str, hidden: frozenset[str], now: datetime) -> ClockLine:
    rule, profile = limits_of(core.profile()).rule(clock.rule), core.profile()
    told = explain(
        rule, clock.started_at, core.calendar(), profile.hours, pauses_of(clock), clock.extended_by
    )  # fmt: skip
    two = clock.outer_due is not None and clock.outer_due < clock.legal_due
    paused = ""
    if clock.state == "paused" and clock.paused_since is not None:
        paused = f"从 {day(clock.paused_since, now)} 起暂停" + (f"：{reason}" if reason else "")
    end = clock.met_at if clock.state == "met" and clock.met_at else None
    return ClockLine(
        clock=clock,
        rule=rule,
        state=clock.state,
        state_words=_STATES.get(clock.state, clock.state),
        ends=latest_words(ends_at(clock), clock.rule, profile),
        own=latest_words(clock.legal_due, clock.rule, profile) if two else "",
        outer=latest_words(clock.outer_due, clock.rule, profile) if two else "",
        late=(end or now) >= ends_at(clock) and clock.state in ("running", "met"),
        why=told.sentence,
        paused=paused,
        extended=f"已延长 {clock.extended_by}{UNIT_NAMES[rule.unit]}" if clock.extended_by else "",
        ended=f"{day(end, now)} 达成" if end else veiled(clock.ended_why, hidden),
    )
