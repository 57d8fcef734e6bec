"""The events that figures are made of, one case after the other, streamed so that memory stays flat.

Restricted cases (举报, for their recipient only) and those that somebody is kept out of (回避) never come out of here:
no figure counts them, so none betrays them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, Select, func, select, union
from sqlalchemy.orm import Session

from handlers.casework.access import countable
from handlers.casework.states import OPEN_STATES
from handlers.records import Case, CaseEvent

_AT_A_TIME: Final = 2000
#: What is frequent and says nothing to any figure; whatever is not named here is read.
_SILENT: Final = (
    "read", "note", "clock_alert", "alert_acknowledged", "duty_called", "reminded", "answer", "approve", "send_back",
    "submit_act", "seal", "followed_up",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One event as figures need it."""

    at: datetime
    action: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """One case's events in their order, without those that no figure asks for."""

    case_id: int
    number: str
    events: tuple[Event, ...]


def histories(session: Session, start: datetime, end: datetime) -> Iterator[History]:
    """Yield every unrestricted case that was alive between the two instants (the second exclusive), by id.

    Each with its whole history, since a limit missed in the period may have started long before. Two indexes find
    the cases (last change, open state), one their events; no more than one case is held at a time.
    """
    rows = session.execute(_wanted(start, end), execution_options={"yield_per": _AT_A_TIME})
    for (case_id, number), events in groupby(rows, key=_whose):
        yield History(case_id, number, tuple(Event(row.at, row.action, row.data) for row in events))


def _whose(row: Row[Any]) -> tuple[int, str]:
    return row.case_id, row.number


def _wanted(start: datetime, end: datetime) -> Select[Any]:
    # Spelt as an expression: by its index nearly every case would be looked at, by the last change only few.
    known = select(Case.id).where(countable(), func.coalesce(Case.opened_at, end) < end)
    alive = union(known.where(Case.changed_at >= start), known.where(Case.state.in_(OPEN_STATES)))
    return (
        select(CaseEvent.case_id, Case.number, CaseEvent.at, CaseEvent.action, CaseEvent.data)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(CaseEvent.case_id.in_(alive), CaseEvent.action.not_in(_SILENT))
        .order_by(CaseEvent.case_id, CaseEvent.seq)
    )
