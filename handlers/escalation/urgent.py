"""Calling a person at once: the duty roster for an urgent case, the named recipient for a report (举报)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.organisation.wording import render
from handlers.records import Alert
from handlers.records.upsert import insert_into


def call_duty(session: Session, core: Core, case_id: int, number: str, now: datetime) -> None:
    """Queue the alert of an urgent case in the caller's transaction; the duty sweep sends it down the roster."""
    text = render(core.profile(), "alert_urgent", number=number, link=case_link(core, number))
    _raise(session, f"urgent:{case_id}", "urgent", case_id, text, now)


def tell_report_recipient(session: Session, core: Core, case_id: int, number: str, now: datetime) -> None:
    """Queue the alert that a report waits for its recipient; it names number and link only."""
    text = render(core.profile(), "alert_report", number=number, link=case_link(core, number))
    _raise(session, f"report:{case_id}", "report", case_id, text, now)


def call_for_report(session: Session, core: Core, case_id: int, number: str, now: datetime) -> None:
    """Queue the alert that the police must be told (强制报告); it goes down the roster until somebody takes it."""
    text = render(core.profile(), "alert_mandatory", number=number, link=case_link(core, number))
    _raise(session, f"mandatory:{case_id}", "mandatory", case_id, text, now)


def case_link(core: Core, number: str) -> str:
    """The console's address of a case."""
    return f"{core.policy.base_url}/console/cases/{number}"


def _raise(session: Session, key: str, kind: str, case_id: int, text: str, now: datetime) -> None:
    """One open alert per case and kind. What somebody took note of before says nothing of what happened since."""
    earlier = session.scalars(select(Alert.state).where(Alert.case_id == case_id, Alert.kind == kind)).all()
    if "open" in earlier:
        return
    key = f"{key}:{len(earlier)}" if earlier else key
    session.execute(
        insert_into(session, Alert)
        .values(dedup_key=key, kind=kind, case_id=case_id, text=text, created_at=now, next_at=now, recipients=[])
        .on_conflict_do_nothing(index_elements=["dedup_key"])
    )
