"""What moves procedures on when nobody says anything: other parties' silence, and consents that came too late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from handlers.casework.doing import lock
from handlers.core import Core
from handlers.deadlines import clocks
from handlers.deadlines.worktime import local_day
from handlers.procedure.notices import tell_asker
from handlers.procedure.request import last_day_of, settle
from handlers.records import Case, Clock, Consent, PartyInquiry


def move_procedures(session: Session, core: Core, now: datetime, limit: int = 200) -> int:
    """Take silence for what the law takes it for, and let consents lapse with their limit; returns how many moved.

    Safe to run from several processes at once: each looks again under the case's lock.
    """
    moved = 0
    for inquiry_id, case_id in session.execute(_silent(now).limit(limit)).tuples().all():
        case = lock(session, case_id)
        inquiry = session.get(PartyInquiry, inquiry_id, populate_existing=True)
        if case is not None and inquiry is not None and not inquiry.answer and _over(core, inquiry, now):
            _take_silence(session, core, case, inquiry, now)
            moved += 1
    for consent_id, case_id in session.execute(_late(now).limit(limit)).tuples().all():
        case = lock(session, case_id)
        consent = session.get(Consent, consent_id, populate_existing=True)
        if case is not None and consent is not None and consent.state == "asked":
            _lapse(session, core, case, consent, now)
            moved += 1
    return moved


def _silent(now: datetime) -> Select[tuple[int, int]]:
    waiting = (PartyInquiry.answer == "", Clock.state == "running", Clock.legal_due <= now)
    return select(PartyInquiry.id, PartyInquiry.case_id).join(Clock, Clock.id == PartyInquiry.clock_id).where(*waiting)


def _over(core: Core, inquiry: PartyInquiry, now: datetime) -> bool:
    last = last_day_of(core, inquiry)
    return last is not None and last < local_day(now)


def _take_silence(session: Session, core: Core, case: Case, inquiry: PartyInquiry, now: datetime) -> None:
    data = {"party_kind": inquiry.kind, "answer": "silent"}
    core.ledger.append(session, case.id, "system", "party_answer", now, data)
    settle(session, core, case, inquiry, "silent", None, now, "system")
    clocks.refresh_case(session, case)
    case.version, case.changed_at = case.version + 1, now


def _late(now: datetime) -> Select[tuple[int, int]]:
    ours = and_(Clock.state == "running", Clock.legal_due <= now)
    over = or_(Clock.state.not_in(clocks.LIVE), ours, Clock.outer_due <= now)
    return (
        select(Consent.id, Consent.case_id)
        .join(Clock, Clock.id == Consent.clock_id)
        .where(Consent.state == "asked", over)
    )


def _lapse(session: Session, core: Core, case: Case, consent: Consent, now: datetime) -> None:
    consent.state, consent.decided_at = "lapsed", now
    rule = session.get_one(Clock, consent.clock_id).rule
    core.ledger.append(session, case.id, "system", "extension_lapsed", now, {"rule": rule})
    tell_asker(session, core, case, consent, now)
    case.version, case.changed_at = case.version + 1, now
