"""Alerts (提醒): writing one once, pushing it to people's devices, and taking note that somebody has seen it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.delivery.outbox import queue
from handlers.errors import NotFound
from handlers.records.alert import Alert
from handlers.records.case import Case
from handlers.records.officer import Officer

#: The channels that can push to staff, each with the account it sends from: {"telegram": "bot", "wecom": "corp"}.
Doors = Mapping[str, str]


def console_link(core: Core, path: str) -> str:
    """Return the absolute address of a console page; alerts carry a number and a link, nothing else."""
    return f"{core.policy.base_url}/console/{path}"


def raise_once(session: Session, dedup_key: str, values: Mapping[str, Any]) -> Alert | None:
    """Insert an alert unless ``dedup_key`` was raised before (then ``None``).

    Two processes at the same instant: the second fails on the unique key, and its caller undoes its savepoint.
    """
    if session.scalar(select(Alert.id).where(Alert.dedup_key == dedup_key)) is not None:
        return None
    alert = Alert(dedup_key=dedup_key, **values)
    session.add(alert)
    session.flush()
    return alert


def push(
    session: Session,
    alert: Alert,
    officers: Iterable[Officer],
    doors: Doors,
    now: datetime,
    *,
    send_at: datetime | None = None,
    turn: int = 0,
    text: str = "",
) -> int:
    """Queue the alert's text for every address its people have behind an open door; return how many were queued.

    ``send_at`` keeps it in the outbox until then (quiet hours); ``text`` replaces the alert's own on a later turn.
    One row per alert, turn, person and channel.
    """
    queued = 0
    for officer in officers:
        for channel, account in doors.items():
            address = str(officer.addresses.get(channel) or "")
            if not address:
                continue
            delivery = queue(
                session,
                purpose="alert",
                case_id=alert.case_id,
                channel=channel,
                account=account,
                recipient=address,
                text=text or alert.text,
                now=now,
                alert_id=alert.id,
                officer_id=officer.id,
                dedup_key=f"alert:{alert.id}:{turn}:{officer.id}:{channel}",
            )
            if send_at is not None and send_at > now:
                delivery.next_at = send_at
            queued += 1
    return queued


def acknowledge(session: Session, core: Core, alert_id: int, officer_id: int, now: datetime) -> bool:
    """Take note that ``officer_id`` has seen the alert; an urgent one is handed on no further.

    Returns whether this was the first acknowledgement. Raises :class:`NotFound` when there is no such alert.
    """
    # The case first, as everywhere: its next event must not collide with that of somebody at work on it.
    about = select(Alert.case_id).where(Alert.id == alert_id).scalar_subquery()
    session.execute(select(Case.id).where(Case.id == about).with_for_update())
    seen: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(Alert)
        .where(Alert.id == alert_id, Alert.state == "open")
        .values(state="acknowledged", acknowledged_at=now, acknowledged_by=officer_id, next_at=None)
    )
    alert = session.get(Alert, alert_id, populate_existing=True)
    if alert is None:
        raise NotFound("没有这条提醒。")
    first = seen.rowcount == 1
    if first and alert.case_id is not None:
        data = {"alert": alert.id, "kind": alert.kind, "step": alert.step}
        core.ledger.append(session, alert.case_id, f"officer:{officer_id}", "alert_acknowledged", now, data)
    return first
