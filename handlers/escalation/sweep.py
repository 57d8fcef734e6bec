"""Climbs the ladder: takes each step that is due, once, however many processes sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.deadlines.clocks import plan_of, refresh_case
from handlers.escalation.alerts import Doors, push, raise_once
from handlers.escalation.ladder import DEFAULT_LADDER, Alarm, upcoming
from handlers.escalation.recipients import Roster
from handlers.escalation.urgent import case_link
from handlers.organisation.wording import render
from handlers.records.alert import Alert
from handlers.records.case import Case
from handlers.records.clock import Clock
from handlers.supervision.missed import has_answered, on_missed

_log = structlog.get_logger(__name__)

# A step that raises must not be tried on every tick.
PUSHED_ON: Final = timedelta(hours=1)
# What a sweep that died had claimed comes back after this; one that lives is done long before.
LEASE: Final = timedelta(minutes=5)
# Short transactions: on SQLite the intake waits while a batch is written, some tens of milliseconds.
_BATCH: Final = 25


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: steps taken, and rows that raised and were pushed on."""

    taken: int = 0
    failed: int = 0


def sweep(core: Core, now: datetime, doors: Doors, limit: int = 1000) -> Swept:
    """Take every step that is due at ``now``, at most ``limit`` of them, in short write transactions."""
    taken = failed = 0
    claimed = claim(core, now, limit)
    for start in range(0, len(claimed), _BATCH):
        with core.database.write() as session:
            for done in _climb_all(session, core, claimed[start : start + _BATCH], now, doors):
                taken, failed = taken + done.taken, failed + done.failed
    return Swept(taken, failed)


def claim(core: Core, now: datetime, limit: int = 1000) -> list[tuple[int, int]]:
    """Find the steps due at ``now``, longest due first, and make them ours for :data:`LEASE`.

    Returns (clock id, case id) of each. Whoever moves the alarm on owns the step; what another process holds or has
    moved on is left to it: no waiting, no deadlock.
    """
    due = (Clock.state == "running", Clock.next_alarm_at <= now)
    with core.database.read() as session:
        found = session.scalars(select(Clock.id).where(*due).order_by(Clock.next_alarm_at).limit(limit)).all()
    if not found:
        return []
    ours = select(Clock.id, Clock.case_id).where(Clock.id.in_(found), *due).order_by(Clock.next_alarm_at, Clock.id)
    with core.database.write() as session:
        claimed = list(session.execute(ours.with_for_update(skip_locked=True)).tuples())
        _move_alarms(session, [clock_id for clock_id, _ in claimed], now + LEASE, Clock.next_alarm_at <= now)
    return claimed


def _move_alarms(session: Session, clock_ids: Sequence[int], to: datetime, still: ColumnElement[bool]) -> None:
    # By id alone: with the state named too, SQLite would walk through every running clock.
    if clock_ids:
        session.execute(
            update(Clock)
            .where(Clock.id.in_(clock_ids), still)
            .values(next_alarm_at=to)
            .execution_options(synchronize_session=False)
        )


def _climb_all(
    session: Session, core: Core, claimed: Sequence[tuple[int, int]], now: datetime, doors: Doors
) -> list[Swept]:
    """Take these steps. Of a case that somebody is changing right now they are left for the next tick."""
    free = select(Case).where(Case.id.in_({case_id for _, case_id in claimed})).order_by(Case.id)
    cases = {case.id: case for case in session.scalars(free.with_for_update(skip_locked=True))}
    _give_back(session, [clock_id for clock_id, case_id in claimed if case_id not in cases], now)
    roster = Roster(session, now)
    return [
        _try_step(session, core, cases[case_id], clock_id, now, roster, doors)
        for clock_id, case_id in claimed
        if case_id in cases
    ]


def _give_back(session: Session, clock_ids: Sequence[int], now: datetime) -> None:
    ours = Clock.next_alarm_at == now + LEASE
    free = select(Clock.id).where(Clock.id.in_(clock_ids), ours).with_for_update(skip_locked=True)
    if clock_ids:  # one that is being changed with its case gets its alarm from there
        _move_alarms(session, session.scalars(free).all(), now, ours)


def _try_step(
    session: Session, core: Core, case: Case, clock_id: int, now: datetime, roster: Roster, doors: Doors
) -> Swept:
    try:
        with session.begin_nested():
            clock = session.get(Clock, clock_id, populate_existing=True)
            ours = clock is not None and clock.state == "running" and clock.next_alarm_at == now + LEASE
            taken = clock is not None and ours and _step(session, core, case, clock, now, roster, doors)
        return Swept(taken=int(taken))
    except Exception:
        _log.exception("a step of the ladder raised; its clock is pushed on", clock=clock_id, hours=1)
        _move_alarms(session, [clock_id], now + PUSHED_ON, Clock.next_alarm_at == now + LEASE)
        return Swept(failed=1)


def _step(session: Session, core: Core, case: Case, clock: Clock, now: datetime, roster: Roster, doors: Doors) -> bool:
    alarms = plan_of(core, case, clock).alarms
    alarm = _alarm_now(alarms, clock.next_step, now)
    following = upcoming(alarms, now, alarm.step) if alarm else upcoming([a for a in alarms if a.at > now], now)
    clock.next_alarm_at = following.at if following else None
    clock.next_step = following.step if following else ""
    if alarm is None:
        return False
    clock.colour = "red" if alarm.colour == "notice" else alarm.colour
    refresh_case(session, case)
    return _warn(session, core, case, clock, alarm, now, roster, doors)


def _alarm_now(alarms: Sequence[Alarm], step: str, now: datetime) -> Alarm | None:
    """The step to take: the stored one, or a later one that has overtaken it; ``None`` when none is due after all."""
    codes = [alarm.step for alarm in alarms]
    alarm = upcoming(alarms[codes.index(step) :] if step in codes else alarms, now)
    return alarm if alarm is not None and alarm.at <= now else None


def _warn(
    session: Session,
    core: Core,
    case: Case,
    clock: Clock,
    alarm: Alarm,
    now: datetime,
    roster: Roster,
    doors: Doors,
) -> bool:
    if alarm.colour == "notice" and has_answered(session, clock):
        return False  # the section gave its reason: there is nothing to give notice of
    told = roster.told(case, _roles(core, alarm))
    alert = raise_once(
        session,
        _dedup_key(clock, alarm),
        {
            "kind": "ladder",
            "case_id": case.id,
            "clock_id": clock.id,
            "step": alarm.step,
            "colour": alarm.colour,
            "recipients": [officer.id for officer in told],
            "text": _text(core, case, alarm),
            "created_at": now,
        },
    )
    if alert is None:
        return False
    push(session, alert, told, doors, now, send_at=alarm.send_at)
    _record(session, core, clock, alert, now)
    if not case.restricted:
        on_missed(session, core, case, clock, alarm.colour, now)
    return True


def _record(session: Session, core: Core, clock: Clock, alert: Alert, now: datetime) -> None:
    data = {"rule": clock.rule, "step": alert.step, "colour": alert.colour, "told": alert.recipients}
    core.ledger.append(session, clock.case_id, "system", "clock_alert", now, data)


def _dedup_key(clock: Clock, alarm: Alarm) -> str:
    """One per step and clock. An extension or a pause moved the limit, so that its ladder is climbed anew."""
    rounds = len(clock.pauses) + (1 if clock.extended_by else 0)
    return f"clock:{clock.id}:{alarm.step}" + (f":{rounds}" if rounds else "")


def _roles(core: Core, alarm: Alarm) -> tuple[str, ...]:
    steps = {step.code: step for step in core.profile().ladder or DEFAULT_LADDER}
    roles: tuple[str, ...] = steps[alarm.step].recipients if alarm.step in steps else ("officer", "head", "office")
    # A miss also brings the section a demand (督办): its head must not learn of it from the office.
    return (*roles, "officer", "head") if alarm.colour == "red" else roles


def _text(core: Core, case: Case, alarm: Alarm) -> str:
    profile = core.profile()
    fields = {"number": case.number, "link": case_link(core, case.number)}
    if alarm.colour == "notice":
        fields["section"] = profile.section(case.section_code or profile.office).name
    return render(profile, f"alert_{alarm.colour}", **fields)
