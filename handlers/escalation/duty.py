"""The duty roster (值班表): an urgent alert goes to one person after another until somebody acknowledges it.

A report's alert (举报) goes to its recipient, and again each working morning until they have looked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from handlers.casework.access import is_barred, staff_of
from handlers.casework.sensitivity import ORDINARY, officer_mark
from handlers.casework.states import ENDS
from handlers.core import Core
from handlers.deadlines.planning import office_of
from handlers.deadlines.worktime import business_start, local_day
from handlers.escalation.alerts import Doors, push
from handlers.escalation.quiet import loud_from
from handlers.escalation.recipients import Roster
from handlers.escalation.urgent import case_link
from handlers.organisation.wording import render
from handlers.records.alert import Alert
from handlers.records.case import Case
from handlers.records.officer import Officer

_log = structlog.get_logger(__name__)

#: TIME-LIMITS: not acknowledged in 10 minutes → the next person.
PATIENCE: Final = timedelta(minutes=10)
_PUSHED_ON: Final = timedelta(hours=1)
_KINDS: Final = ("urgent", "report", "mandatory")


def sweep_duty(core: Core, now: datetime, doors: Doors, limit: int = 100) -> int:
    """Hand on every urgent or report alert whose time has come; return how many people were called."""
    wanted = (
        select(Alert.id, Alert.case_id, Alert.next_at)
        .where(Alert.state == "open", Alert.next_at <= now, Alert.kind.in_(_KINDS))
        .order_by(Alert.next_at)
        .limit(limit)
    )
    with core.database.read() as session:
        due = [(row.id, row.case_id, row.next_at) for row in session.execute(wanted)]
    return sum(_hand_on(core, alert_id, case_id, seen, now, doors) for alert_id, case_id, seen in due)


def duty_reachable(core: Core, now: datetime, doors: Doors) -> bool:
    """Say whether a push can reach somebody of the roster now; else no text may claim that anyone was called."""
    with core.database.read() as session:
        people = _people(core, Roster(session, now))
    return any(officer.addresses.get(channel) for officer in people for channel in doors)


def _hand_on(core: Core, alert_id: int, case_id: int, seen: datetime, now: datetime, doors: Doors) -> int:
    """One alert, one short transaction; one that raises is pushed an hour on and harms no neighbour."""
    try:
        with core.database.write() as session:
            busy = select(Case).where(Case.id == case_id).with_for_update(skip_locked=True)
            case = session.scalars(busy).one_or_none()
            if case is None or not _claim(session, alert_id, seen, now + PATIENCE):
                return 0
            alert = session.get(Alert, alert_id, populate_existing=True)
            return _call(session, core, alert, case, now, doors) if alert else 0
    except Exception:
        _log.exception("an urgent alert could not be handed on; it is tried again in an hour", alert=alert_id)
        with core.database.write() as session:
            _claim(session, alert_id, seen, now + _PUSHED_ON)
        return 0


def _claim(session: Session, alert_id: int, seen: datetime, next_at: datetime) -> bool:
    claimed: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Alert)
        .where(Alert.id == alert_id, Alert.state == "open", Alert.next_at == seen)
        .values(next_at=next_at, turn=Alert.turn + 1)
        .execution_options(synchronize_session=False)
    )
    return claimed.rowcount == 1


def _call(session: Session, core: Core, alert: Alert, case: Case, now: datetime, doors: Doors) -> int:
    dealt_with = alert.kind == "report" and (bool(case.accused_type) or not case.restricted)
    if (case.state in ENDS and alert.kind != "mandatory") or dealt_with:
        alert.state, alert.acknowledged_at, alert.next_at = "acknowledged", now, None
        return 0
    roster, turn = Roster(session, now), alert.turn
    office = office_of(core.calendar(), core.profile())
    if alert.kind == "report":
        people, text = roster.told(case, ()), alert.text
        morning = office.calendar.add_workdays(local_day(now), 1)
        alert.next_at, send_at = business_start(morning, office.hours), loud_from(now, office.calendar, office.quiet)
    else:
        people, send_at = _whose_turn(core, roster, case, turn), now
        link = case_link(core, case.number)
        text = alert.text if turn == 1 else render(core.profile(), "duty_next", number=case.number, link=link)
    _let_in(roster, case, people)
    alert.recipients = list(dict.fromkeys([*alert.recipients, *(officer.id for officer in people)]))
    push(session, alert, people, doors, now, send_at=send_at, turn=turn, text=text)
    data = {"alert": alert.id, "turn": turn, "told": [officer.id for officer in people]}
    core.ledger.append(session, case.id, "system", "duty_called", now, data)
    return len(people)


def _let_in(roster: Roster, case: Case, people: list[Officer]) -> None:
    """Whoever is called at night must be able to read why, also where the view is narrow; nobody barred is called."""
    if case.restricted or case.sensitivity == ORDINARY:
        return
    called = [officer_mark(officer.id) for officer in people if not roster.may_know(officer, case)]
    case.admitted = sorted({*case.admitted, *called})


def _whose_turn(core: Core, roster: Roster, case: Case, turn: int) -> list[Officer]:
    """The person whose turn it is; after the last the first is called again. A restricted case calls its recipient."""
    if case.restricted:
        return roster.told(case, ())
    people = [officer for officer in _people(core, roster) if not is_barred(staff_of(officer), case)]
    return [people[(turn - 1) % len(people)]] if people else roster.told(case, ("office",))


def _people(core: Core, roster: Roster) -> list[Officer]:
    order = sorted(core.profile().duty_roster, key=lambda entry: entry.order)
    return [officer for officer in (roster.by_login(entry.officer) for entry in order) if officer is not None]
