"""The conversation of a case as it was written: the citizen's words untouched, our texts with what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from handlers.accounts.directory import names
from handlers.casework.local import moment
from handlers.casework.states import DELIVERY_STATES, DELIVERY_WAYS
from handlers.core import Core
from handlers.records import Attachment, Case, CaseEvent, Delivery, Message, Reply
from handlers.records.of_case import rows_of
from handlers.taxonomy import SOURCES


def _among(name: str) -> Any:
    return bindparam(name, expanding=True)


_NUMBERS: Final = select(Case.id, Case.number).where(Case.id.in_(_among("ids")))
_MESSAGES: Final = (
    select(Message)
    .where(or_(Message.case_id.in_(_among("ids")), Message.id.in_(_among("shared"))))
    .order_by(Message.received_at, Message.id)
)
_ISSUED: Final = ("issued", "superseded")
_FILES: Final = select(Attachment).where(Attachment.message_id.in_(_among("ids")))


@dataclass(frozen=True, slots=True)
class Entry:
    """One text. ``side`` is ``citizen`` or ``bureau``; ``marks`` are (start, end, label) of deciding words.

    ``arrived`` tells of one of ours how it stands with its delivery. ``ident`` is a message's or reply's id.
    """

    side: str
    ident: int
    at: datetime
    when: str
    who: str
    what: str
    text: str
    from_number: str = ""
    marks: tuple[tuple[int, int, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    arrived: str = ""
    parked: str = ""


def conversation(session: Session, core: Core, case: Case, merged: Sequence[int], now: datetime) -> list[Entry]:
    """Every message and issued text of the case (and of those merged into it) in the order of time."""
    ids = [case.id, *merged]
    numbers = dict(session.execute(_NUMBERS, {"ids": merged}).tuples().all()) if merged else {}
    entries = [*_messages(session, case, ids, numbers, now), *_replies(session, case, ids, numbers, now)]
    return sorted(entries, key=lambda entry: (entry.at, entry.side, entry.ident))


def _messages(session: Session, case: Case, ids: list[int], numbers: dict[int, str], now: datetime) -> list[Entry]:
    rows = session.scalars(_MESSAGES, {"ids": ids, "shared": _split_from(session, case.id)}).all()
    files: dict[int, list[Attachment]] = {}
    for file in session.scalars(_FILES, {"ids": [row.id for row in rows]}):
        files.setdefault(file.message_id or 0, []).append(file)
    return [
        Entry(
            side="citizen",
            ident=row.id,
            at=row.received_at,
            when=moment(row.received_at, now),
            who="群众",
            what=SOURCES.get(case.source if row.id == case.first_message_id else row.channel, row.channel),
            text=row.text,
            from_number=numbers.get(row.case_id or 0, "") if row.case_id not in (case.id, None) else "",
            attachments=tuple(files.get(row.id, ())),
            parked=row.error if row.state == "parked" else "",
        )
        for row in rows
    ]


def _split_from(session: Session, case_id: int) -> list[int]:
    """The message that this case was split off, which stays with the case it came with."""
    events = rows_of(session, CaseEvent, case_id)
    return [int(event.data["message"]) for event in events if event.action == "split_opened"]


def _replies(session: Session, case: Case, ids: list[int], numbers: dict[int, str], now: datetime) -> list[Entry]:
    rows = [reply for ident in ids for reply in rows_of(session, Reply, ident) if reply.state in _ISSUED]
    sent: dict[int, list[Delivery]] = {}
    for delivery in (row for ident in ids if rows for row in rows_of(session, Delivery, ident)):
        sent.setdefault(delivery.reply_id or 0, []).append(delivery)
    people = names(session, [row.issued_by for row in rows])
    return [
        Entry(
            side="bureau",
            ident=row.id,
            at=row.issued_at or row.drafted_at,
            when=moment(row.issued_at or row.drafted_at, now),
            who=people.get(row.issued_by or 0, ""),
            what={"answer": "答复", "question": "请补充", "act": "文书"}[row.purpose]
            + ("（已作废）" if row.state == "superseded" else ""),
            text=row.text,
            from_number=numbers.get(row.case_id, "") if row.case_id != case.id else "",
            arrived=_arrived(sent.get(row.id, []), now),
        )
        for row in rows
    ]


def _arrived(deliveries: Sequence[Any], now: datetime) -> str:
    if not deliveries:
        return "等待工作人员告知并登记"
    parts = []
    for delivery in deliveries:
        at = f" {moment(delivery.finished_at, now)}" if delivery.state == "sent" and delivery.finished_at else ""
        parts.append(f"{DELIVERY_WAYS.get(delivery.way, delivery.way)}：{DELIVERY_STATES[delivery.state]}{at}")
    return "；".join(parts)
