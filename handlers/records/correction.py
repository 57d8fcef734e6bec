"""A person's correction of a label: what the machine said, what is right, by whom; kept for learning."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class Correction(Base):
    """One corrected label (``kind``, ``topic``, ``topic_2``, ``sentiment``, ``urgent``) of one message.

    ``grade``: still urgent, in the other grade.
    """

    __tablename__ = "correction"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(Big, ForeignKey("message.id"))
    label: Mapped[Code]
    said: Mapped[str | None] = mapped_column(String(40))
    right: Mapped[str | None] = mapped_column(String(40))
    confidence: Mapped[float | None] = mapped_column(Float)
    model: Mapped[str] = mapped_column(String(100), default="")
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    at: Mapped[datetime]
