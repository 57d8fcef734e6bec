"""Telling staff that a text did not arrive, or that nobody can say: one alert on the board per event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.escalation.recipients import Roster
from handlers.escalation.settling import settle
from handlers.escalation.urgent import case_link
from handlers.organisation.wording import render
from handlers.records import Alert, Case, Delivery

#: A text of these purposes that fails is somebody's work; a lost receipt is told again with "进度", an alert is a row.
_WORTH_AN_ALERT = ("answer", "question", "notice")


def alert_undelivered(session: Session, core: Core, delivery: Delivery, case: Case, now: datetime) -> None:
    """Put one alert (number and link only) on the board of those who must decide."""
    if delivery.purpose not in _WORTH_AN_ALERT:
        return
    text = render(core.profile(), "alert_undelivered", number=case.number, link=case_link(core, case.number))
    session.add(
        Alert(
            dedup_key=f"{_prefix(delivery)}{int(now.timestamp() * 1000)}",
            kind="delivery",
            case_id=case.id,
            step=delivery.state,
            colour="red" if delivery.purpose == "answer" else "orange",
            recipients=who_decides(session, case, now),
            text=text,
            created_at=now,
        )
    )


def settle_alerts(session: Session, delivery: Delivery, officer_id: int | None, now: datetime) -> None:
    """Close the open alerts about a delivery that is decided or has arrived after all."""
    settle(session, now, Alert.dedup_key.startswith(_prefix(delivery), autoescape=True), by=officer_id)


def who_decides(session: Session, case: Case, now: datetime) -> list[int]:
    """Officer ids: the case's officer, its section's head, the office, stand-ins too; of a report its recipient."""
    return [officer.id for officer in Roster(session, now).told(case, ("officer", "head", "office"))]


def _prefix(delivery: Delivery) -> str:
    return f"delivery:{delivery.id}:"
