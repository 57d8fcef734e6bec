"""Writing clocks that were counted anew: their columns, what their cases repeat, an event each, their alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.open_clocks import OpenClock, clocks_of
from handlers.deadlines.planning import Plan
from handlers.deadlines.replanning import Planner
from handlers.deadlines.ticking import last_day, next_alarm, repeated, set_plan, settle_alerts
from handlers.records.alert import Alert
from handlers.records.case import Case
from handlers.records.case_event import CaseEvent
from handlers.records.clock import Clock

_WRITTEN: Final = ("legal_due", "safe_due", "provisional", "next_alarm_at", "next_step", "colour")


def differs(clock: OpenClock, planned: Plan, now: datetime) -> bool:
    """Whether the stored dates or the next alarm are not those of the plan."""
    counted = planned.due
    if (counted.legal_due, counted.safe_due, counted.provisional) != (
        clock.legal_due, clock.safe_due, clock.provisional,
    ):  # fmt: skip
        return True
    # A step that is due already waits for the sweep, which may have moved it on for a while; it is left to it.
    step = next((alarm for alarm in planned.alarms if alarm.step == clock.next_step), None)
    if clock.state != "running" or (step is not None and step.at <= now):
        return False
    following = next_alarm(planned.alarms, clock.colour, now)
    wanted = (following.step, following.at) if following else ("", None)
    return wanted != (clock.next_step, clock.next_alarm_at)


def rewrite(
    session: Session, core: Core, planner: Planner, case_ids: set[int], now: datetime, why: str, actor: str
) -> tuple[int, int]:
    """Count the clocks of these cases with the cases in hand, and write all that differs.

    Returns how many moved to another last day, and how many were only confirmed.
    """
    held = select(Case.id, Case.calls).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update()
    cases = dict(session.execute(held).tuples().all())
    clocks = clocks_of(session, list(cases))
    changed: list[tuple[OpenClock, dict[str, Any] | None]] = []
    for clock in clocks:
        planned = planner.plan(clock, cases[clock.case_id])
        if planned is not None and differs(clock, planned, now):
            event = _event(clock, planned, why)
            set_plan(clock, planned, now)
            changed.append((clock, event))
    _writeclocks_of(session, [clock for clock, _ in changed])
    _write_cases(session, {clock.case_id for clock, _ in changed}, clocks)
    events = [(clock, event) for clock, event in changed if event is not None]
    _write_events(session, core, events, now, actor)
    moved = [clock for clock, event in events if "before" in event]
    _warn_anew(session, moved, now)
    return len(moved), len(events) - len(moved)


def _event(clock: OpenClock, planned: Plan, why: str) -> dict[str, Any] | None:
    """What the case's history keeps: the new last day and, where it moved, the old one."""
    new = planned.due
    data: dict[str, Any] = {"rule": clock.rule, "due": last_day(new.legal_due), **({"why": why} if why else {})}
    if new.legal_due != clock.legal_due:
        return data | {"before": last_day(clock.legal_due)}
    if new.provisional != clock.provisional:
        return data | {"provisional": new.provisional}
    return None


def _writeclocks_of(session: Session, clocks: Sequence[OpenClock]) -> None:
    if clocks:
        statement = update(Clock).where(Clock.id == bindparam("row"))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _WRITTEN}
        rows = [{"row": c.id, **{f"new_{name}": getattr(c, name) for name in _WRITTEN}} for c in clocks]
        session.connection().execute(statement.values(values), rows)


def _write_cases(session: Session, case_ids: set[int], clocks: Sequence[OpenClock]) -> None:
    running: dict[int, list[OpenClock]] = {case_id: [] for case_id in sorted(case_ids)}
    for clock in clocks:
        if clock.case_id in running and clock.state == "running":
            running[clock.case_id].append(clock)
    rows = [{"row": case_id, **_prefixed(repeated(own))} for case_id, own in running.items()]
    if rows:
        values: dict[str, Any] = {name.removeprefix("new_"): bindparam(name) for name in rows[0] if name != "row"}
        session.connection().execute(update(Case).where(Case.id == bindparam("row")).values(values), rows)


def _prefixed(values: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


def _write_events(
    session: Session, core: Core, events: Sequence[tuple[OpenClock, dict[str, Any]]], now: datetime, actor: str
) -> None:
    if not events:
        return
    ends = _chain_ends(session, {clock.case_id for clock, _ in events})
    rows = []
    for clock, data in events:
        seq, mac = ends.get(clock.case_id, (0, ""))
        row = core.ledger.row(clock.case_id, seq + 1, mac, actor, "clock_recounted", now, data)
        ends[clock.case_id] = (row["seq"], row["mac"])
        rows.append(row)
    session.execute(insert(CaseEvent), rows)


def _chain_ends(session: Session, case_ids: set[int]) -> dict[int, tuple[int, str]]:
    """The last event of each case: its number and its seal."""
    last = (
        select(CaseEvent.case_id, func.max(CaseEvent.seq).label("seq"))
        .where(CaseEvent.case_id.in_(case_ids))
        .group_by(CaseEvent.case_id)
        .subquery()
    )
    same = and_(CaseEvent.case_id == last.c.case_id, CaseEvent.seq == last.c.seq)
    rows = session.execute(select(CaseEvent.case_id, CaseEvent.seq, CaseEvent.mac).join(last, same)).tuples()
    return {case_id: (seq, mac) for case_id, seq, mac in rows}


def _warn_anew(session: Session, moved: Sequence[OpenClock], now: datetime) -> None:
    """Take old warnings off the board and give up their keys: the ladder of a limit that moved is climbed anew."""
    if moved:
        settle_alerts(session, moved, now)
        session.execute(
            update(Alert)
            .where(Alert.clock_id.in_([clock.id for clock in moved]))
            .values(dedup_key=Alert.dedup_key + f":{now:%Y%m%d%H%M%S}")
            .execution_options(synchronize_session=False)
        )
