"""留言: every inbound message, stored once and verbatim."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class Message(Base):
    """One inbound message. States: ``stored`` → ``processed``, or ``parked`` (retried at ``retry_at``).

    ``claimed_until`` keeps two workers from thinking about one stored message at once. ``receipt_text`` is what its
    sender was told, so that a repeat is told the same.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "account", "external_id"),
        Index("ix_message_state_retry_at", "state", "retry_at"),
        Index("ix_message_citizen_id_received_at", "citizen_id", "received_at"),
    )

    id: Mapped[Id]
    channel: Mapped[Code]
    account: Mapped[str] = mapped_column(String(100), default="")
    external_id: Mapped[str] = mapped_column(String(300))
    sender_id: Mapped[str] = mapped_column(String(200))
    citizen_id: Mapped[int | None] = mapped_column(Big, ForeignKey("citizen.id"))
    case_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    kind: Mapped[Code]
    event: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[LongText] = mapped_column(default="")
    raw: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[Code] = mapped_column(default="stored")
    command: Mapped[str] = mapped_column(String(40), default="")  # the citizens' word it was read as
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    processed_at: Mapped[datetime | None]
    receipt_text: Mapped[LongText] = mapped_column(default="")
    receipt_number: Mapped[str] = mapped_column(String(20), default="")
