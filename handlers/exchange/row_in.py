"""One row of another platform's list as a message of ours, or the reasons why it cannot be one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from handlers.deadlines.worktime import SHANGHAI, end_of_day
from handlers.exchange.fields import FIELDS, NEEDED
from handlers.messages import Contact, InboundMessage, MessageKind, Particulars

CHANNEL: Final = "import"
_DATE: Final = re.compile(
    r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(\d{1,2})\s*[:：时]\s*(\d{1,2})?\s*(?:[:：分]\s*(\d{1,2})?)?\s*秒?(?:\.\d+)?)?"
)
_FIRST_YEAR: Final = 2005
_LAST_YEAR: Final = 2039
_TIMES: Final = ("dispatched", "due", "return_by")
_AHEAD: Final = timedelta(minutes=10)  # another platform's clock
_OLDEST: Final = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row says. ``faults`` are the reasons for refusing it (empty = fit)."""

    number: str
    values: Mapping[str, str]
    dispatched: datetime | None
    due: datetime | None
    return_by: datetime | None
    faults: tuple[str, ...]


def read_row(cells: Sequence[str], mapping: Mapping[str, str], now: datetime) -> Reading:
    """Read the cells as the mapping (column place → field) says."""
    values = {code: cells[int(place)] for place, code in mapping.items() if int(place) < len(cells)}
    faults = [f"没有{FIELDS[code].name}" for code in NEEDED if not values.get(code)]
    for code, value in values.items():
        field = FIELDS[code]
        if not field.given and len(value) > field.longest:
            faults.append(f"{field.name}超过 {field.longest} 字")
    times = {name: _instant(values.get(name, ""), ends=name != "dispatched") for name in _TIMES}
    faults += [f"{FIELDS[name].name}“{values[name][:30]}”不是日期" for name, at in times.items() if at is False]
    dispatched, due, back = (at or None for at in times.values())
    if dispatched and dispatched > now + _AHEAD:
        faults.append("转办时间在将来")
    if dispatched and dispatched < now - _OLDEST:
        faults.append("转办时间太早（两年多以前）")
    if dispatched and due and due < dispatched:
        faults.append("办理期限早于转办时间")
    return Reading(values.get("outer_number", ""), values, dispatched, due, back, tuple(faults))


def message_of_row(read: Reading, source: str, batch_id: int, officer_id: int, now: datetime) -> InboundMessage:
    """The message of a fit row. Its identity is the source and the outer number: the same item is stored once."""
    value = read.values.get
    contact = Contact(value("name", ""), value("phone", ""), value("address", ""))
    at = min(read.dispatched or now, now)
    return InboundMessage(
        channel=CHANNEL,
        account=source,
        external_id=read.number,
        sender_id=f"outer:{source}:{read.number}",  # each item is a case of its own, whoever else wrote the like
        sent_at=at,
        received_at=at,
        kind=MessageKind.TEXT,
        text=value("text", ""),
        details={"batch": str(batch_id)},
        particulars=Particulars(
            source=source,
            title=value("title", "")[:200],
            contact=contact,
            district=value("district", ""),
            place=value("place", ""),
            wished_answer="platform",
            consent_contact=bool(contact.phone or contact.address),
            outer_number=read.number,
            outer_dispatched_at=read.dispatched,
            outer_due_at=read.due,
            outer_return_by=read.return_by,
            registered_by=officer_id,
        ),
    )


def _instant(text: str, *, ends: bool) -> datetime | Literal[False] | None:
    """The instant a cell means (Shanghai); a day alone is its beginning, or its end for a limit. False = no date."""
    text = text.strip()
    if not text or text in ("-", "—", "/", "无"):
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    try:
        on = date(year, month, day)
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            return False
        if found[4] is None:
            return end_of_day(on) if ends else datetime(year, month, day, tzinfo=SHANGHAI)
        return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError:
        return False
