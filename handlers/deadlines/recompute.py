"""Counts open clocks anew after an edit of calendar or limits: in batches, whole per case, each change an event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.counting import Due, due
from handlers.deadlines.local import limits_of
from handlers.deadlines.planning import Plan, counts_by_day, office_of, plan
from handlers.deadlines.ticking import LIVE, last_day, next_alarm, pauses_of, repeated, set_plan, settle_alerts
from handlers.deadlines.workdays import WorkCalendar
from handlers.errors import HuiyingError
from handlers.organisation.profile import Profile
from handlers.records.alert import Alert
from handlers.records.case import Case
from handlers.records.case_event import CaseEvent
from handlers.records.clock import Clock

_log = structlog.get_logger(__name__)

# Short transactions: on SQLite the intake waits while a batch is written, some tens of milliseconds.
_BATCH: Final = 400
_SHANGHAI_AHEAD: Final = timedelta(hours=8)  # stored instants are UTC, and Shanghai keeps no summer time
_MOST_KEPT: Final = 50_000
_WRITTEN: Final = ("legal_due", "safe_due", "provisional", "next_alarm_at", "next_step", "colour")


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount found: clocks looked at, moved to another last day, only confirmed, and not countable."""

    clocks: int = 0
    moved: int = 0
    confirmed: int = 0
    failed: int = 0

    def __add__(self, other: Recount) -> Recount:
        return Recount(
            self.clocks + other.clocks,
            self.moved + other.moved,
            self.confirmed + other.confirmed,
            self.failed + other.failed,
        )


@dataclass(slots=True)
class Looked:
    """What would move: by (rule, last day before, last day after), how many clocks, and how many over by then."""

    clocks: int = 0
    moved: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    overdue: Counter[tuple[str, str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class _Open:
    """The columns of an open clock that counting needs: far cheaper to read than the mapped row."""

    id: int
    case_id: int
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


_COLUMNS: Final = tuple(getattr(Clock, column.name) for column in fields(_Open))


class _Planner:
    """Counts clocks over one calendar; those that are alike are counted once."""

    def __init__(self, calendar: WorkCalendar, profile: Profile) -> None:
        self._office = office_of(calendar, profile)
        self._by_day = counts_by_day(profile)
        self._limits = limits_of(profile)
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._dues: dict[tuple[Any, ...], Due] = {}

    def due(self, clock: _Open) -> Due | None:
        """When the clock ends by its rule alone; ``None`` when it cannot be counted (logged)."""
        key = self._likeness(clock, by_instant=False)
        found = self._dues.get(key)
        if found is None:
            try:
                found = due(
                    self._limits.rule(clock.rule), clock.started_at, self._office.calendar,
                    self._office.hours, pauses_of(clock), clock.extended_by,
                )  # fmt: skip
            except HuiyingError as fault:
                _log.warning("a clock could not be counted anew", clock=clock.id, rule=clock.rule, fault=str(fault))
                return None
            _keep(self._dues, key, found)
        return found

    def plan(self, clock: _Open, urgent: bool) -> Plan | None:
        """When it ends, and its ladder; ``None`` when it cannot be counted (logged)."""
        key = (*self._likeness(clock, by_instant=not self._by_day), urgent, clock.outer_due)
        found = self._plans.get(key)
        if found is None:
            try:
                found = plan(
                    self._limits.rule(clock.rule), clock.started_at, self._office, urgent=urgent,
                    outer_due=clock.outer_due, pauses=pauses_of(clock), extend=clock.extended_by,
                )  # fmt: skip
            except HuiyingError as fault:
                _log.warning("a clock could not be counted anew", clock=clock.id, rule=clock.rule, fault=str(fault))
                return None
            _keep(self._plans, key, found)
        return found

    def _likeness(self, clock: _Open, *, by_instant: bool) -> tuple[Any, ...]:
        rule = self._limits.rules.get(clock.rule)
        by_instant = by_instant or rule is None or rule.in_hours
        start = clock.started_at if by_instant else (clock.started_at + _SHANGHAI_AHEAD).date()
        return clock.rule, start, clock.extended_by, str(clock.pauses) if clock.pauses else ""


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    if len(kept) > _MOST_KEPT:
        kept.clear()
    kept[key] = value


def moved_dues(core: Core, calendar: WorkCalendar, now: datetime, profile: Profile | None = None) -> Looked:
    """Say which last days of open clocks ``calendar`` moves, or confirms; nothing is written.

    ``profile``: as it would be after an edit (its hours, its local limits); without it, as it stands.
    """
    planner, looked = _Planner(calendar, profile or core.profile()), Looked()
    with core.database.read() as session:
        for clock in _every_open(session):
            looked.clocks += 1
            counted = planner.due(clock)
            if counted is None:
                continue
            if counted.legal_due != clock.legal_due or counted.provisional != clock.provisional:
                key = (clock.rule, last_day(clock.legal_due), last_day(counted.legal_due))
                looked.moved[key] += 1
                looked.overdue[key] += clock.state == "running" and clock.legal_due > now >= counted.legal_due
    return looked


def recount_open(core: Core, now: datetime) -> int:
    """Count every open clock by the calendar as it stands; return how many moved or were confirmed.

    The nightly job: it catches clocks that another process started by a calendar of a minute ago, and what a crash
    in the middle of an edit left behind.
    """
    done = recount(core, core.calendar(), now)
    return done.moved + done.confirmed


def recount(core: Core, calendar: WorkCalendar, now: datetime, *, why: str = "", actor: str = "system") -> Recount:
    """Count every open clock by ``calendar``; write those that differ, an event each where the last day moved.

    ``why`` is the number of the notice, or the source of a local limit. A clock that cannot be counted is logged and
    left as it is.
    """
    planner, total, after = _Planner(calendar, core.profile()), Recount(), 0
    while True:
        with core.database.read() as session:
            ids = _next_cases(session, after)
            found = _clocks(session, ids)
            urgent = set(session.scalars(select(Case.id).where(Case.id.in_(ids), Case.urgent)))
        if not ids:
            return total
        after = ids[-1]
        plans = [(clock, planner.plan(clock, clock.case_id in urgent)) for clock in found]
        stale = {clock.case_id for clock, planned in plans if planned and _differs(clock, planned, now)}
        total += Recount(clocks=len(found), failed=sum(planned is None for _, planned in plans))
        if stale:
            with core.database.write() as session:
                total += _rewrite(session, core, planner, stale, now, why, actor)


def _every_open(session: Session) -> Iterator[_Open]:
    after = 0
    while ids := _next_cases(session, after):
        after = ids[-1]
        yield from _clocks(session, ids)


def _next_cases(session: Session, after: int) -> Sequence[int]:
    """The next cases that have clocks, ended ones too."""
    ids = select(Clock.case_id).where(Clock.case_id > after).distinct()
    return session.scalars(ids.order_by(Clock.case_id).limit(_BATCH)).all()


def _clocks(session: Session, case_ids: Sequence[int]) -> list[_Open]:
    """The open clocks of these cases."""
    # Asked for open ones by SQL, SQLite would take the index of states and walk through all of them for each page.
    wanted = select(*_COLUMNS).where(Clock.case_id.in_(case_ids)).order_by(Clock.case_id, Clock.id)
    return [clock for clock in (_Open(*row) for row in session.execute(wanted)) if clock.state in LIVE]


def _differs(clock: _Open, planned: Plan, now: datetime) -> bool:
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


def _rewrite(
    session: Session, core: Core, planner: _Planner, case_ids: set[int], now: datetime, why: str, actor: str
) -> Recount:
    """Count the clocks of these cases with the cases in hand, and write all that differs."""
    held = select(Case.id, Case.urgent).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update()
    cases = dict(session.execute(held).tuples().all())
    clocks = _clocks(session, list(cases))
    changed: list[tuple[_Open, dict[str, Any] | None]] = []
    for clock in clocks:
        planned = planner.plan(clock, cases[clock.case_id])
        if planned is not None and _differs(clock, planned, now):
            event = _event(clock, planned, why)
            set_plan(clock, planned, now)
            changed.append((clock, event))
    _write_clocks(session, [clock for clock, _ in changed])
    _write_cases(session, {clock.case_id for clock, _ in changed}, clocks)
    events = [(clock, event) for clock, event in changed if event is not None]
    _write_events(session, core, events, now, actor)
    moved = [clock for clock, event in events if "before" in event]
    _warn_anew(session, moved, now)
    return Recount(moved=len(moved), confirmed=len(events) - len(moved))


def _event(clock: _Open, planned: Plan, why: str) -> dict[str, Any] | None:
    """What the case's history keeps: the new last day and, where it moved, the old one."""
    new = planned.due
    data: dict[str, Any] = {"rule": clock.rule, "due": last_day(new.legal_due), **({"why": why} if why else {})}
    if new.legal_due != clock.legal_due:
        return data | {"before": last_day(clock.legal_due)}
    if new.provisional != clock.provisional:
        return data | {"provisional": new.provisional}
    return None


def _write_clocks(session: Session, clocks: Sequence[_Open]) -> None:
    if clocks:
        statement = update(Clock).where(Clock.id == bindparam("row"))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _WRITTEN}
        rows = [{"row": c.id, **{f"new_{name}": getattr(c, name) for name in _WRITTEN}} for c in clocks]
        session.connection().execute(statement.values(values), rows)


def _write_cases(session: Session, case_ids: set[int], clocks: Sequence[_Open]) -> None:
    running: dict[int, list[_Open]] = {case_id: [] for case_id in sorted(case_ids)}
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
    session: Session, core: Core, events: Sequence[tuple[_Open, dict[str, Any]]], now: datetime, actor: str
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


def _warn_anew(session: Session, moved: Sequence[_Open], now: datetime) -> None:
    """Take old warnings off the board and give up their keys: the ladder of a limit that moved is climbed anew."""
    if moved:
        settle_alerts(session, moved, now)
        session.execute(
            update(Alert)
            .where(Alert.clock_id.in_([clock.id for clock in moved]))
            .values(dedup_key=Alert.dedup_key + f":{now:%Y%m%d%H%M%S}")
            .execution_options(synchronize_session=False)
        )
