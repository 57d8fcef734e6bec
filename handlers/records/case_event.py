"""办理留痕: who did, or read, what and when; append-only, each event sealed to the one before by an HMAC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class CaseEvent(Base):
    """One event of a case. ``actor`` is ``citizen``, ``system`` or ``officer:<id>``; ``data`` has no personal data."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "seq"), Index("ix_case_event_at", "at"))

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[Code]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    mac: Mapped[str] = mapped_column(String(64))
