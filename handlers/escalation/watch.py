"""Watches what rests: referrals to units, paused clocks, parked messages, the year whose calendar is missing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handlers.casework.states import ENDS
from handlers.core import Core
from handlers.deadlines.calendar_store import missing_year
from handlers.deadlines.planning import office_of
from handlers.deadlines.worktime import business_start, local_day
from handlers.escalation.alerts import Doors, console_link, push, raise_once
from handlers.escalation.quiet import loud_from
from handlers.escalation.recipients import Roster
from handlers.escalation.settling import settle
from handlers.escalation.urgent import case_link
from handlers.organisation.wording import render
from handlers.records.alert import Alert
from handlers.records.case import Case
from handlers.records.clock import Clock
from handlers.records.message import Message
from handlers.records.officer import Officer
from handlers.records.unit_referral import UnitReferral

# GK-04 and GK-05 give others 15 working days; a pause that lasts longer has probably been forgotten.
_LONG_PAUSE: Final = 15
_BATCH: Final = 200


def remind_units(core: Core, now: datetime, doors: Doors) -> int:
    """Remind of referrals whose return date is near or past, then again each working morning; return how many."""
    with core.database.read() as session:
        ids = session.scalars(_due_referrals(now).with_only_columns(UnitReferral.id)).all()
        waiting = select(UnitReferral.case_id).where(UnitReferral.state == "open", UnitReferral.remind_at.is_not(None))
        answered = and_(Alert.kind == "unit", Alert.case_id.not_in(waiting))
        over = session.scalar(select(Alert.id).where(Alert.state == "open", answered).limit(1))
    _settle(core, now, over is not None, answered)
    return sum(_remind(core, referral_id, now, doors) for referral_id in ids)


def _due_referrals(now: datetime) -> Any:
    due = select(UnitReferral).where(UnitReferral.state == "open", UnitReferral.remind_at <= now)
    return due.order_by(UnitReferral.remind_at).limit(_BATCH)


def _remind(core: Core, referral_id: int, now: datetime, doors: Doors) -> int:
    with core.database.write() as session:
        seen = session.get(UnitReferral, referral_id)
        case = lock(session, seen.case_id) if seen else None
        referral = session.scalars(_due_referrals(now).where(UnitReferral.id == referral_id)).one_or_none()
        if case is None or referral is None or referral.remind_at is None:
            return 0
        if case.state in ENDS:  # withdrawn, merged, closed: nothing is waited for any more
            referral.remind_at = None
            return 0
        core_office = office_of(core.calendar(), core.profile())
        key = f"unit:{referral.id}:{local_day(now).isoformat()}"
        tomorrow = core_office.calendar.add_workdays(local_day(now), 1)
        referral.remind_at = business_start(tomorrow, core_office.hours)
        unit = _unit_name(core, referral.unit_code)
        text = render(core.profile(), "alert_unit", number=case.number, unit=unit, link=case_link(core, case.number))
        told = Roster(session, now).told(case, ("officer", "head"))
        colour = "red" if referral.return_by and referral.return_by <= now else "orange"
        return tell(session, core, key, "unit", case, told, text, colour, now, doors)


def remind_paused(core: Core, now: datetime, doors: Doors) -> int:
    """Ask once about each clock that has been paused for longer than any third party may take."""
    since = business_start(core.calendar().add_workdays(local_day(now), -_LONG_PAUSE), core.profile().hours)
    wanted = select(Clock.id, Clock.case_id).where(Clock.state == "paused", Clock.paused_since < since).limit(_BATCH)
    with core.database.read() as session:
        paused = [(row.id, row.case_id) for row in session.execute(wanted)]
    asked = 0
    for clock_id, case_id in paused:
        with core.database.write() as session:
            case = lock(session, case_id)
            clock = session.get(Clock, clock_id)
            if case is None or clock is None or clock.state != "paused":
                continue
            link = case_link(core, case.number)
            text = render(core.profile(), "alert_paused", number=case.number, link=link)
            told = Roster(session, now).told(case, ("officer", "head", "office"))
            key = f"paused:{clock.id}:{len(clock.pauses)}"
            asked += tell(session, core, key, "ladder", case, told, text, "yellow", now, doors)
    return asked


def alert_parked(core: Core, now: datetime, doors: Doors) -> int:
    """Tell the office, once a day, that messages are parked; return how many are."""
    with core.database.read() as session:
        count = session.scalar(select(func.count()).select_from(Message).where(Message.state == "parked")) or 0
    _settle(core, now, not count, Alert.kind == "parked")
    if count:
        text = render(core.profile(), "alert_parked", count=count, link=console_link(core, "board"))
        _tell_office(core, f"parked:{local_day(now).isoformat()}", "parked", text, now, doors)
    return count


def alert_calendar(core: Core, now: datetime, doors: Doors) -> int | None:
    """Tell the office, once a month from November, which year's calendar is missing; return that year."""
    year = missing_year(core.calendar(), now)
    _settle(core, now, year is None, Alert.kind == "calendar")
    if year is not None:
        text = render(core.profile(), "alert_calendar", year=year, link=console_link(core, "board"))
        _tell_office(core, f"calendar:{year}:{local_day(now):%Y-%m}", "calendar", text, now, doors)
    return year


def _settle(core: Core, now: datetime, over: bool, which: ColumnElement[bool]) -> None:
    """Take alerts whose occasion is gone off the board."""
    if over:
        with core.database.write() as session:
            settle(session, now, which)


def lock(session: Session, case_id: int) -> Case | None:
    """Return the case, held until the transaction ends."""
    return session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one_or_none()


def tell(
    session: Session,
    core: Core,
    key: str,
    kind: str,
    case: Case,
    told: Sequence[Officer],
    text: str,
    colour: str,
    now: datetime,
    doors: Doors,
) -> int:
    """Alert ``told`` of a case once, and push it when it is no longer quiet; return how many alerts were raised."""
    alert = raise_once(session, key, _values(kind, told, text, colour, now) | {"case_id": case.id})
    if alert is None:
        return 0
    _push_politely(session, core, alert, told, now, doors)
    data = {"alert": alert.id, "kind": kind, "told": alert.recipients}
    core.ledger.append(session, case.id, "system", "reminded", now, data)
    return 1


def _tell_office(core: Core, key: str, kind: str, text: str, now: datetime, doors: Doors) -> None:
    # Another process that tells the office at this very moment has told it: its unique key refuses ours.
    with suppress(IntegrityError), core.database.write() as session:
        told = Roster(session, now).office()
        alert = raise_once(session, key, _values(kind, told, text, "orange", now))
        if alert is not None:
            _push_politely(session, core, alert, told, now, doors)


def _values(kind: str, told: Sequence[Officer], text: str, colour: str, now: datetime) -> dict[str, Any]:
    recipients = [officer.id for officer in told]
    return {"kind": kind, "recipients": recipients, "text": text, "colour": colour, "created_at": now}


def _push_politely(
    session: Session, core: Core, alert: Alert, told: Sequence[Officer], now: datetime, doors: Doors
) -> None:
    office = office_of(core.calendar(), core.profile())
    push(session, alert, told, doors, now, send_at=loud_from(now, office.calendar, office.quiet))


def _unit_name(core: Core, code: str) -> str:
    try:
        return core.profile().unit(code).name
    except KeyError:
        return "有关单位"
