"""Carries supervision slips to people: raised, due today, late, sent back, answered — each told once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from handlers.casework.promise import date_words
from handlers.casework.sensitivity import ORDINARY
from handlers.core import Core
from handlers.deadlines.planning import office_of
from handlers.deadlines.worktime import business_start
from handlers.escalation.alerts import Doors, console_link, push, raise_once
from handlers.escalation.quiet import loud_from
from handlers.escalation.recipients import Roster
from handlers.organisation.wording import render
from handlers.records import Case, Officer, SupervisionSlip
from handlers.supervision.slips import due_from, last_day

_log = structlog.get_logger(__name__)
_PUSHED_ON: Final = timedelta(hours=1)
_COLOURS: Final = {"raised": "orange", "returned": "orange", "soon": "orange", "late": "red", "answered": "yellow"}
_TEXTS: Final = {"raised": "alert_slip", "answered": "alert_slip_answered"}


def sweep_slips(core: Core, now: datetime, doors: Doors, limit: int = 200) -> int:
    """Take every step of a slip whose time has come; return how many were taken."""
    due = SupervisionSlip.next_at <= now
    with core.database.read() as session:
        wanted = select(SupervisionSlip.id, SupervisionSlip.case_id, SupervisionSlip.next_at, SupervisionSlip.next_step)
        found = session.execute(wanted.where(due).order_by(SupervisionSlip.next_at).limit(limit)).tuples().all()
    return sum(_take(core, slip_id, case_id, seen, step, now, doors) for slip_id, case_id, seen, step in found)


def recount_slips(core: Core, now: datetime) -> int:
    """Count the due dates of open slips by the calendar and the house rule as they stand; return how many moved."""
    moved = 0
    with core.database.read() as session:
        found = list(session.scalars(select(SupervisionSlip).where(SupervisionSlip.state == "open")))
    for seen in found:
        if due_from(core, seen.asked_at) == seen.due_at:
            continue
        with core.database.write() as session:
            session.execute(select(Case.id).where(Case.id == seen.case_id).with_for_update())
            slip = session.get_one(SupervisionSlip, seen.id)
            if slip.state != "open":
                continue
            before, slip.due_at = last_day(slip), due_from(core, slip.asked_at)
            if slip.next_step in ("", "soon", "late"):
                _next(core, slip, now)
            told = {"slip": slip.id, "number": slip.number, "before": before.isoformat(),
                    "due": last_day(slip).isoformat()}  # fmt: skip
            core.ledger.append(session, slip.case_id, "system", "slip_recounted", now, told)
            moved += 1
    return moved


def _take(core: Core, slip_id: int, case_id: int, seen: datetime | None, step: str, now: datetime, doors: Doors) -> int:
    """One step, one short transaction; one that raises is pushed an hour on and harms no neighbour."""
    try:
        with core.database.write() as session:
            case = session.scalars(select(Case).where(Case.id == case_id).with_for_update(skip_locked=True)).first()
            if case is None or not _claim(session, slip_id, seen, step, None):
                return 0
            slip = session.get_one(SupervisionSlip, slip_id, populate_existing=True)
            _next(core, slip, now)
            if slip.state == "withdrawn" or case.restricted:
                return 0
            _tell(session, core, slip, case, step, now, doors)
            return 1
    except Exception:
        _log.exception("a step of a supervision slip raised; it is tried again in an hour", slip=slip_id)
        with core.database.write() as session:
            _claim(session, slip_id, seen, step, now + _PUSHED_ON)
        return 0


def _claim(session: Session, slip_id: int, seen: datetime | None, step: str, to: datetime | None) -> bool:
    mine = SupervisionSlip.id == slip_id, SupervisionSlip.next_at == seen, SupervisionSlip.next_step == step
    claimed: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(SupervisionSlip).where(*mine).values(next_at=to).execution_options(synchronize_session=False)
    )
    return claimed.rowcount == 1


def _next(core: Core, slip: SupervisionSlip, now: datetime) -> None:
    """What comes next of an open slip: its last day, then its being late; an answered one waits for a person."""
    slip.next_at, slip.next_step = None, ""
    if slip.state != "open":
        return
    soon = business_start(last_day(slip), core.profile().hours)
    if now < soon and slip.asked_at < soon:
        slip.next_at, slip.next_step = soon, "soon"
    elif now < slip.due_at:
        slip.next_at, slip.next_step = slip.due_at, "late"


def _tell(
    session: Session, core: Core, slip: SupervisionSlip, case: Case, step: str, now: datetime, doors: Doors
) -> None:
    profile, office = core.profile(), office_of(core.calendar(), core.profile())
    told = _people(session, slip, case, step, profile.office, now)
    fields = {"slip": slip.number, "number": case.number, "link": console_link(core, f"supervision/{slip.id}")}
    fields |= {"section": _section(core, slip), "latest": date_words(slip.due_at - timedelta(seconds=1))}
    text = render(profile, _TEXTS.get(step, f"alert_slip_{step}"), **fields)
    values = {"kind": "slip", "case_id": case.id, "step": step, "colour": _COLOURS[step], "text": text,
              "recipients": [officer.id for officer in told], "created_at": now}  # fmt: skip
    alert = raise_once(session, f"slip:{slip.id}:{step}:{now:%Y%m%d%H%M%S}", values)
    if alert is None:
        return
    push(session, alert, told, doors, now, send_at=loud_from(now, office.calendar, office.quiet))
    data = {"alert": alert.id, "kind": "slip", "step": step, "number": slip.number, "told": alert.recipients}
    core.ledger.append(session, case.id, "system", "reminded", now, data)


def _people(
    session: Session, slip: SupervisionSlip, case: Case, step: str, office: str, now: datetime
) -> list[Officer]:
    """Who is told; where the case has a level, only those of them who may hear of it."""
    roster = Roster(session, now)
    heads = [] if step == "answered" else roster.of_section(slip.section_code, office)
    told = [*heads, *(roster.office() if step in ("answered", "late") else ())]
    if case.sensitivity != ORDINARY:
        told = [one for one in told if roster.may_know(one, case)]
    return list({one.id: one for one in told}.values())


def _section(core: Core, slip: SupervisionSlip) -> str:
    names = core.profile().section_names
    return names.get(slip.section_code, slip.section_code)
