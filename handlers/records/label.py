"""What the understanding said of a message, with confidence, evidence and model."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Id


class Label(Base):
    """One reading of one message; ``evidence`` holds code-point offsets into the message's text."""

    __tablename__ = "label"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(Big, ForeignKey("message.id"), index=True)
    kind: Mapped[str | None] = mapped_column(String(40))
    topic: Mapped[str | None] = mapped_column(String(40))
    topic_2: Mapped[str | None] = mapped_column(String(40))
    sentiment: Mapped[str | None] = mapped_column(String(40))
    urgent: Mapped[bool | None]
    grade: Mapped[str] = mapped_column(String(10), default="", server_default="")  # of urgent: now, today
    needs_person: Mapped[bool]
    confidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    suggested: Mapped[list[Any]] = mapped_column(default=list)  # likeliest topics: [code, probability]
    model: Mapped[str] = mapped_column(String(100), default="")
    at: Mapped[datetime]
