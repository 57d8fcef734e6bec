"""The first values of a document's fields, as the case, its clocks and its earlier documents give them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.core import Core
from handlers.deadlines.bureau import due_from, last_day_from
from handlers.deadlines.clocks import LIVE, ends_at, open_clocks
from handlers.deadlines.limits import TO_CONFIRM, Limits
from handlers.deadlines.local import limits_of
from handlers.deadlines.worktime import local_day
from handlers.documents.fill import written_day
from handlers.documents.kinds import KINDS, RECEIPT, DocumentKind
from handlers.documents.templates import Template
from handlers.organisation.profile import Profile
from handlers.records import Case, CaseContact, CaseEvent, Clock, Document, Message, Note, Reply, UnitReferral

_LONGEST_LINE = 200
_ENDED = (*LIVE, "met", "stopped", "lapsed")


def first_values(
    session: Session,
    core: Core,
    person: Person,
    case: Case,
    kind: DocumentKind,
    template: Template,
    now: datetime,
    serves: Document | None = None,
) -> dict[str, str]:
    """Return what the form of ``kind`` starts with; a field nobody knows yet is empty. ``serves``: of a 送达回证."""
    known = (
        _of_case(core, case, person, now) | _of_people(session, core, case, kind) | _of_clocks(session, core, case, now)
    )
    known |= _of_work(session, core, case) | (_of_served(core, serves) if serves else {})
    remembered = _remembered(session, core, kind)
    values = {}
    for field in kind.fields:
        found = known.get(field.fact or field.name) or template.defaults.get(field.name, "")
        if not found and field.remembered:
            found = remembered.get(field.name, "")
        values[field.name] = found[: field.longest]
    return values


def review_last_day(core: Core, received: date) -> date:
    """The last day on which review may be asked for, when the opinion was received on ``received`` (条例 35)."""
    return last_day_from(core, "XF-07", received)


def entered(core: Core, document: Document) -> dict[str, str]:
    """Return what was typed into a document (empty once it was erased)."""
    opened = core.vault.open(document.entered)
    values: dict[str, str] = json.loads(opened) if opened else {}
    return values


def _of_case(core: Core, case: Case, person: Person, now: datetime) -> dict[str, str]:
    profile, calendar, today = core.profile(), core.calendar(), local_day(now)
    section, phone = _section(profile, case.section_code or person.section)
    return {
        "today": today.isoformat(),
        "received": local_day(case.received_at).isoformat(),
        "matter": case.subject[:_LONGEST_LINE],
        "section": section,
        "contact": person.name,
        "contact_phone": phone or profile.phone,
        "outer_number": case.outer_number,
        "route": f"您反映的事项由我局{section}承办，我局将按规定程序办理并书面答复您。" if section else "",
        "refusal": case.result_evidence if case.state == "not_accepted" else "",
        "in_ten_workdays": calendar.add_workdays(today, 10).isoformat(),
        "in_two_workdays": calendar.add_workdays(today, 2).isoformat(),
        "way": "直接送达",
    }


def _section(profile: Profile, code: str) -> tuple[str, str]:
    found = next((section for section in profile.sections if section.code == code), None)
    return (found.name, found.phone) if found else ("", "")


def _of_people(session: Session, core: Core, case: Case, kind: DocumentKind) -> dict[str, str]:
    """Name, address and words of the writer — never in a document to others when they asked for secrecy."""
    secret = case.confidential or case.restricted
    if secret and kind.served == "body" and kind.code != RECEIPT:
        return {}
    row = session.scalars(
        select(CaseContact).where(CaseContact.case_id == case.id, CaseContact.role == "writer")
    ).first()
    words = session.scalar(select(Message.text).where(Message.id == case.first_message_id)) or ""
    contact = {"petitioner": core.vault.open(row.name), "address": core.vault.open(row.address)} if row else {}
    return contact | {"request": words, "summary": words}


def _of_clocks(session: Session, core: Core, case: Case, now: datetime) -> dict[str, str]:
    clocks = open_clocks(session, case.id, _ENDED)
    opinion = next((clock for clock in clocks if clock.rule == "XF-05"), None)
    limits = limits_of(core.profile())
    known = dict[str, str]()
    if opinion is not None:
        known |= {"opinion_due": _last(opinion), "accepted": local_day(opinion.started_at).isoformat()}
    elif case.track == "petition":
        known["opinion_due"] = due_from(core, "XF-05", now).legal_day.isoformat()
    request = next((clock for clock in clocks if clock.rule == "GK-01"), None)
    if request is not None:
        known["confirmed"] = local_day(request.started_at).isoformat()
    live = [clock for clock in clocks if clock.state in LIVE and not limits.rule(clock.rule).house]
    soonest = min(live, key=ends_at, default=None)
    if soonest is not None:
        mark = f"，{TO_CONFIRM}" if limits.rule(soonest.rule).to_confirm else ""
        known["limit"] = f"{written_day(date.fromisoformat(_last(soonest)))}（{soonest.rule}{mark}）"
    return known | _of_extension(session, limits, live)


def _of_extension(session: Session, limits: Limits, live: list[Clock]) -> dict[str, str]:
    extendable = [clock for clock in live if limits.rule(clock.rule).extension]
    clock = next((c for c in extendable if c.extended_by), next(iter(extendable), None))
    if clock is None:
        return {}
    known = {"old_due": _last(clock), "extension_basis": limits.rule(clock.rule).source_words}
    if clock.extended_by:
        wanted = select(CaseEvent).where(CaseEvent.case_id == clock.case_id, CaseEvent.action == "clock_extended")
        events = [e for e in session.scalars(wanted.order_by(CaseEvent.seq)) if e.data.get("rule") == clock.rule]
        if events:
            data = events[-1].data
            known |= {"old_due": str(data.get("before", ""))[:10], "new_due": _last(clock)}
            known["extension_reason"] = str(data.get("why", ""))
    return known


def _of_work(session: Session, core: Core, case: Case) -> dict[str, str]:
    units = {unit.code: unit.name for unit in core.profile().units}
    known = dict[str, str]()
    for row in session.scalars(select(UnitReferral).where(UnitReferral.case_id == case.id).order_by(UnitReferral.id)):
        name = units.get(row.unit_code, row.unit_code)
        if row.way == "forward":
            known |= {"forward_unit": name, "forward_demand": row.demand}
        else:
            back_by = local_day(row.return_by - timedelta(seconds=1)).isoformat() if row.return_by else ""
            known |= {"assign_unit": name, "assign_demand": row.demand, "return_by": back_by}
    issued = (Reply.case_id == case.id, Reply.state == "issued", Reply.purpose == "answer")
    known["answer"] = session.scalar(select(Reply.text).where(*issued).order_by(Reply.id.desc()).limit(1)) or ""
    demanded = (Note.case_id == case.id, Note.kind == "supervision")
    known["supervision"] = session.scalar(select(Note.text).where(*demanded).order_by(Note.id.desc()).limit(1)) or ""
    return known


def _of_served(core: Core, serves: Document) -> dict[str, str]:
    values = entered(core, serves)
    kind = KINDS[serves.kind]
    whom = next((values[name] for name in ("petitioner", "unit", "sender", "section") if values.get(name)), "")
    known = {"served_name": kind.name, "served_number": serves.number, "recipient": whom}
    return known | {"served_address": values.get("address", "")}


def _remembered(session: Session, core: Core, kind: DocumentKind) -> dict[str, str]:
    if not any(field.remembered for field in kind.fields):
        return {}
    before = select(Document).where(Document.kind == kind.code, Document.state == "made", Document.entered != "")
    last = session.scalars(before.order_by(Document.id.desc()).limit(1)).first()
    return entered(core, last) if last else {}


def _last(clock: Clock) -> str:
    return local_day(ends_at(clock) - timedelta(seconds=1)).isoformat()
