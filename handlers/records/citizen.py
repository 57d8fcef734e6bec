"""群众: one person as one channel sees them, with what the channel lets us send them now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class Citizen(Base):
    """A sender on one channel account. ``person_id`` joins several of them once verified or joined by staff."""

    __tablename__ = "citizen"
    __table_args__ = (
        UniqueConstraint("channel", "account", "sender_id"),
        Index("ix_citizen_window_until", "window_until"),  # whose window closes next
    )

    id: Mapped[Id]
    channel: Mapped[Code]
    account: Mapped[str] = mapped_column(String(100), default="")
    sender_id: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(Big, ForeignKey("citizen.id"), index=True)
    first_seen_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime]
    window_left: Mapped[int] = mapped_column(default=0)
    window_until: Mapped[datetime | None]
    privacy_noticed_at: Mapped[datetime | None]
    awaiting: Mapped[str] = mapped_column(String(40), default="")  # a command that waits for its words (补充, 撤回)
    awaiting_since: Mapped[datetime | None]
    unsubscribed_at: Mapped[datetime | None]
