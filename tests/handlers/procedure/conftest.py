"""The small bureau of the tests of casework, at a case that follows several procedures."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Staff
from handlers.core import Core
from handlers.deadlines.clocks import open_clocks
from handlers.deadlines.worktime import SHANGHAI
from handlers.procedure.take import Taken, take
from handlers.procedure.tracks import confirm_track
from handlers.records import Case, CaseEvent, CaseTrack, Clock
from tests.handlers.casework.conftest import bureau, open_case, session

__all__ = ["bureau", "open_case", "session"]


def at(day: str, time: str = "10:00") -> datetime:
    """A local instant of 2026 (or later: then with its year)."""
    whole = day if len(day) == 10 else f"2026-{day}"
    return datetime.fromisoformat(f"{whole}T{time}").replace(tzinfo=SHANGHAI).astimezone(UTC)


def running(session: Session, case: Case) -> dict[str, str]:
    """The case's live clocks by rule, with their state."""
    return {clock.rule: clock.state for clock in open_clocks(session, case.id)}


def clock_of(session: Session, case: Case, rule: str) -> Clock:
    """The newest clock of that rule."""
    wanted = select(Clock).where(Clock.case_id == case.id, Clock.rule == rule).order_by(Clock.id.desc())
    return session.scalars(wanted).first() or Clock()


def track_of(session: Session, case: Case, code: str) -> CaseTrack:
    """The newest row of that track."""
    wanted = (
        select(CaseTrack).where(CaseTrack.case_id == case.id, CaseTrack.track == code).order_by(CaseTrack.id.desc())
    )
    return session.scalars(wanted).first() or CaseTrack()


def as_it_is(session: Session, case: Case) -> tuple[object, ...]:
    """Everything that a refused step must have left alone."""
    session.expire_all()
    clocks = session.scalars(select(Clock).where(Clock.case_id == case.id).order_by(Clock.id)).all()
    tracks = session.scalars(select(CaseTrack).where(CaseTrack.case_id == case.id).order_by(CaseTrack.id)).all()
    events = session.scalars(select(CaseEvent.seq).where(CaseEvent.case_id == case.id)).all()
    return (
        len(events), case.version, case.track, case.state, case.next_due_at,
        [(c.rule, c.state, c.legal_due, c.extended_by, c.paused_since, str(c.pauses)) for c in clocks],
        [(t.track, t.state, t.stage, t.confirmed_on) for t in tracks],
    )  # fmt: skip


def step(session: Session, core: Core, person: Staff, case: Case, code: str, now: datetime, **values: str) -> Taken:
    """Take a step as its form would."""
    return take(session, core, person, case.id, case.version, code, values, now)


def petition(session: Session, core: Core, person: Staff, case: Case, now: datetime, form: str = "") -> CaseTrack:
    """Confirm that the case is a petition."""
    row = confirm_track(
        session, core, person, case.id, case.version, track="petition", reason="本人书面信访", form=form, now=now
    )
    assert row is not None
    return row


ACCEPTING = {"purpose": "appeal", "no_other_route": "1"}
COMPLETE = {"identity_given": "1", "description_given": "1", "form_given": "1", "proof": "电话核对"}


def request(session: Session, core: Core, person: Staff, case: Case, now: datetime, day: str) -> CaseTrack:
    """Confirm a request for information, complete since ``day``."""
    row = confirm_track(
        session, core, person, case.id, case.version, track="information_request", reason="申请公开", now=now
    )
    assert row is not None
    step(session, core, person, case, "confirm_request", now, **COMPLETE, day=day)
    return row
