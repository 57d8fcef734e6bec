"""Queueing a text: rows of the outbox, written in the transaction of whatever causes them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from handlers.records.delivery import Delivery

#: What a text is for; the queue is looked at purpose by purpose, so that many of one never hide another.
PURPOSES: Final = ("alert", "receipt", "answer", "question", "notice", "follower")
#: The queue still has something to do with these.
WAITING: Final = ("pending", "retry")
ACTIVE: Final = (*WAITING, "sending")
#: A person decides about these.
UNDECIDED: Final = ("failed", "unknown")


def text_sha256(text: str) -> str:
    """SHA-256 of ``text`` in UTF-8, in hexadecimal: what binds a delivery to an issued reply."""
    return hashlib.sha256(text.encode()).hexdigest()


def queue_row(
    *,
    purpose: str,
    case_id: int | None,
    channel: str,
    account: str,
    recipient: str,
    text: str,
    now: datetime,
    reply_id: int | None = None,
    alert_id: int | None = None,
    citizen_id: int | None = None,
    officer_id: int | None = None,
    link: str = "",
    dedup_key: str | None = None,
    way: str = "push",
) -> dict[str, Any]:
    """The row of one text to be delivered, complete for a bulk insert into ``delivery``.

    ``way`` is ``push``, or ``read`` where the channel cannot push and the citizen was told how to read the text.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose!r} is not one of the purposes of a delivery")
    return {
        "dedup_key": dedup_key, "purpose": purpose, "way": way, "case_id": case_id, "reply_id": reply_id,
        "alert_id": alert_id, "citizen_id": citizen_id, "officer_id": officer_id, "channel": channel,
        "account": account, "recipient": recipient, "text": text, "link": link, "sha256": text_sha256(text),
        "state": "pending", "attempts": 0, "next_at": now, "lease_until": None, "claimed_by": "", "created_at": now,
        "finished_at": None, "proof": "", "vendor_code": "", "error": "", "told_whom": "", "recorded_by": None,
        "parts_sent": 0, "parts_total": 0, "tried_ways": "", "vendor_ref": None, "told_number": "", "attempt": "",
    }  # fmt: skip


def queue(
    session: Session,
    *,
    purpose: str,
    case_id: int | None,
    channel: str,
    account: str,
    recipient: str,
    text: str,
    now: datetime,
    reply_id: int | None = None,
    alert_id: int | None = None,
    citizen_id: int | None = None,
    officer_id: int | None = None,
    link: str = "",
    dedup_key: str | None = None,
    way: str = "push",
) -> Delivery:
    """Queue one text in the caller's transaction. A ``dedup_key`` that is queued already gives the row queued then."""
    if dedup_key is not None:
        known = session.scalar(select(Delivery).where(Delivery.dedup_key == dedup_key))
        if known is not None:
            return known
    delivery = Delivery(
        **queue_row(
            purpose=purpose, case_id=case_id, channel=channel, account=account, recipient=recipient, text=text,
            now=now, reply_id=reply_id, alert_id=alert_id, citizen_id=citizen_id, officer_id=officer_id, link=link,
            dedup_key=dedup_key, way=way,
        )
    )  # fmt: skip
    if dedup_key is None:
        session.add(delivery)
        session.flush()
        return delivery
    return _insert_once(session, delivery, dedup_key)


def _insert_once(session: Session, delivery: Delivery, dedup_key: str) -> Delivery:
    """Insert unless another process does so at this very moment; then take its row."""
    try:
        with session.begin_nested():
            session.add(delivery)
            session.flush()
    except IntegrityError:
        known = session.scalar(select(Delivery).where(Delivery.dedup_key == dedup_key))
        if known is None:
            raise
        return known
    return delivery
