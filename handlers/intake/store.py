"""Store once: the one place where an inbound message enters the database, unique on (channel, account, external id)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import Table, insert, select, tuple_
from sqlalchemy.orm import Session

from handlers.messages import Contact, InboundMessage, MediaRef, MessageKind, Particulars
from handlers.records import Attachment, Message
from handlers.records.upsert import insert_into
from handlers.records.vault import Vault

_MESSAGES = cast(Table, Message.__table__)
_SEALED = "particulars"


class KeepFile(Protocol):
    """Keeps a file's bytes durably; returns (sha256, size in bytes, content type) or raises InvalidInput."""

    def __call__(self, data: bytes, filename: str, claimed_type: str) -> tuple[str, int, str]: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A message with its row's id; ``known`` is the row when the message was there before."""

    message: InboundMessage
    message_id: int
    known: Message | None = None


def store_once(
    session: Session, messages: Sequence[InboundMessage], vault: Vault, keep: KeepFile | None = None
) -> list[Stored]:
    """Insert what is new; return every message with its id, in the order given. The caller commits."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for message in messages:
        rows.setdefault(_key(message), _row(message, vault))
    statement = (
        insert_into(session, _MESSAGES)
        .on_conflict_do_nothing(index_elements=["channel", "account", "external_id"])
        .returning(_MESSAGES.c.id, _MESSAGES.c.channel, _MESSAGES.c.account, _MESSAGES.c.external_id)
    )
    fresh = {tuple(row[1:]): row[0] for row in session.execute(statement, list(rows.values()))}
    known = _known(session, [key for key in rows if key not in fresh])
    _keep_media(session, [(fresh[_key(m)], m) for m in _once(messages) if _key(m) in fresh], keep)
    return [
        Stored(m, fresh[_key(m)]) if _key(m) in fresh else Stored(m, known[_key(m)].id, known[_key(m)])
        for m in messages
    ]


def _once(messages: Iterable[InboundMessage]) -> Iterable[InboundMessage]:
    return {_key(message): message for message in reversed(list(messages))}.values()


def _key(message: InboundMessage) -> tuple[str, str, str]:
    return message.channel, message.account, message.external_id


def _row(message: InboundMessage, vault: Vault) -> dict[str, Any]:
    details: dict[str, Any] = dict(message.details)
    if message.particulars != Particulars():
        details[_SEALED] = vault.seal(json.dumps(dataclasses.asdict(message.particulars), default=_plain))
    return {
        "channel": message.channel,
        "account": message.account,
        "external_id": message.external_id,
        "sender_id": message.sender_id,
        "kind": str(message.kind),
        "event": message.event,
        "text": message.text,
        "raw": message.raw,
        "details": details,
        "sent_at": message.sent_at,
        "received_at": message.received_at,
        "state": "stored",
    }


def _known(session: Session, keys: list[tuple[str, str, str]]) -> dict[tuple[str, str, str], Message]:
    if not keys:
        return {}
    found = session.scalars(
        select(Message).where(tuple_(Message.channel, Message.account, Message.external_id).in_(keys))
    )
    return {(row.channel, row.account, row.external_id): row for row in found}


def _keep_media(session: Session, fresh: list[tuple[int, InboundMessage]], keep: KeepFile | None) -> None:
    rows = [_media_row(message_id, message, media, keep) for message_id, message in fresh for media in message.media]
    if rows:
        session.execute(insert(Attachment), rows)


def _media_row(message_id: int, message: InboundMessage, media: MediaRef, keep: KeepFile | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "message_id": message_id,
        "channel": message.channel,
        "account": message.account,
        "kind": str(media.kind),
        "reference": media.reference,
        "filename": media.filename,
        "content_type": media.content_type,
        "size": 0,
        "sha256": "",
        "state": "pending",
        "next_at": message.received_at,
        "created_at": message.received_at,
    }
    if media.data is not None and keep is not None:
        digest, size, content_type = keep(media.data, media.filename, media.content_type)
        row |= {"sha256": digest, "size": size, "content_type": content_type, "state": "stored", "next_at": None}
    return row


def message_of(row: Message, vault: Vault) -> InboundMessage:
    """Read a stored row back as the message it was (media are already their own rows)."""
    details = {k: v for k, v in row.details.items() if k != _SEALED}
    sealed = row.details.get(_SEALED, "")
    return InboundMessage(
        channel=row.channel,
        account=row.account,
        external_id=row.external_id,
        sender_id=row.sender_id,
        sent_at=row.sent_at,
        received_at=row.received_at,
        kind=MessageKind(row.kind),
        text=row.text,
        raw=row.raw,
        event=row.event,
        details=details,
        particulars=_particulars(vault.open(sealed)) if sealed else Particulars(),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"particulars cannot hold {type(value).__name__}")


def _particulars(text: str) -> Particulars:
    data = json.loads(text)
    for name in ("contact", "affected"):
        data[name] = Contact(**data[name])
    for name in ("outer_dispatched_at", "outer_due_at", "outer_return_by"):
        data[name] = datetime.fromisoformat(data[name]) if data.get(name) else None
    return Particulars(**data)
