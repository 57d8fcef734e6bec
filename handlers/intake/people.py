"""Finding the sender's row: made at the first contact, locked until the transaction ends, the push window renewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.casework.states import OPEN_STATES
from handlers.core import Core
from handlers.delivery.window import Window, better, opened_by
from handlers.intake.arrival import Arrival
from handlers.intake.elsewhere import load_elsewhere
from handlers.records import Case, Citizen
from handlers.records.upsert import insert_into

_REMEMBERED = timedelta(days=180)  # how far back a closed case still makes a new one a repeat


def find_senders(session: Session, core: Core, arrivals: Sequence[Arrival]) -> None:
    """Set ``citizen``, ``first_contact`` and ``own_cases`` of every arrival (one arrival per sender).

    The upsert locks the row, so that two processes handle one sender's messages one after the other; it goes in sorted
    order, so that they cannot lock each other out.
    """
    ordered = sorted(arrivals, key=_sender)
    insert = insert_into(session, Citizen)
    statement = insert.on_conflict_do_update(
        index_elements=["channel", "account", "sender_id"],
        set_={"last_inbound_at": insert.excluded.last_inbound_at},
    ).returning(Citizen)
    rows = [_row(core, arrival) for arrival in ordered]
    found = session.scalars(statement, rows, execution_options={"populate_existing": True})
    citizens = {(c.channel, c.account, c.sender_id): c for c in found}
    for arrival in arrivals:
        citizen = citizens[_sender(arrival)]
        arrival.citizen = citizen
        if citizen.first_seen_at != arrival.now:
            _renew_window(core, citizen, arrival)
    _load_cases(session, arrivals)
    for arrival in arrivals:
        # Two first messages of one moment: the second one meets the case that the first one opened.
        arrival.first_contact = arrival.citizen.first_seen_at == arrival.now and not arrival.own_cases


def _sender(arrival: Arrival) -> tuple[str, str, str]:
    return arrival.message.channel, arrival.message.account, arrival.message.sender_id


def _row(core: Core, arrival: Arrival) -> dict[str, Any]:
    window = _window(core, arrival)
    return {
        "channel": arrival.message.channel,
        "account": arrival.message.account,
        "sender_id": arrival.message.sender_id,
        "first_seen_at": arrival.now,
        "last_inbound_at": arrival.message.received_at,
        "privacy_noticed_at": arrival.now,
        "window_until": window.until if window else None,
        "window_left": window.left if window else 0,
    }


def _window(core: Core, arrival: Arrival) -> Window | None:
    message, policy = arrival.message, core.policy
    return opened_by(message.kind, message.event, message.received_at, policy.window_hours, policy.window_quota)


def _renew_window(core: Core, citizen: Citizen, arrival: Arrival) -> None:
    event, new = arrival.message.event, _window(core, arrival)
    if event == "unsubscribe":
        citizen.unsubscribed_at, citizen.window_left = arrival.now, 0
    if new is None:
        return
    current = Window(citizen.window_until, citizen.window_left) if citizen.window_until else None
    holds = better(current, new, arrival.message.received_at)
    citizen.window_until, citizen.window_left = holds.until, holds.left
    citizen.unsubscribed_at = None


def _load_cases(session: Session, arrivals: Sequence[Arrival]) -> None:
    by_citizen = {a.citizen.id: a for a in arrivals if a.citizen is not None}
    since = min(a.now for a in arrivals) - _REMEMBERED
    # Locked before numbers are given out: what staff are changing at this moment is waited for, not overwritten.
    found = session.scalars(
        select(Case)
        .where(Case.citizen_id.in_(by_citizen), or_(Case.state.in_(OPEN_STATES), Case.opened_at > since))
        .order_by(Case.id)
        .with_for_update()
    )
    for case in sorted(found, key=lambda case: (case.opened_at, case.id), reverse=True):
        by_citizen[case.citizen_id or 0].own_cases.append(case)
    load_elsewhere(session, arrivals, since)
    _load_joined(session, arrivals)


def _load_joined(session: Session, arrivals: Sequence[Arrival]) -> None:
    """The cases that words are added to by number: not the sender's own when they wrote first on another channel."""
    joining = [arrival for arrival in arrivals if arrival.particulars.joins]
    if not joining:
        return
    numbers = {arrival.particulars.joins for arrival in joining}
    cases = session.scalars(select(Case).where(Case.number.in_(numbers)).order_by(Case.id).with_for_update())
    by_number = {case.number: case for case in cases}
    for arrival in joining:
        case = by_number.get(arrival.particulars.joins)
        if case is not None and case not in arrival.own_cases:
            arrival.own_cases.append(case)
