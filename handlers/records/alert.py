"""提醒 / 预警: a notice to staff; one per step of the ladder and clock, however many processes sweep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class Alert(Base):
    """``dedup_key`` makes a step unique (``clock:<id>:<step>``, ``urgent:<case>:<turn>`` …).

    States: ``open`` → ``acknowledged``; an urgent one that nobody acknowledges is handed on at ``next_at``.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("dedup_key"), Index("ix_alert_state_next_at", "state", "next_at"))

    id: Mapped[Id]
    dedup_key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Code]  # ladder, urgent, mandatory, parked, delivery, unit, calendar, report, attachment, similar, slip
    case_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    clock_id: Mapped[int | None] = mapped_column(Big, ForeignKey("clock.id"))
    step: Mapped[str] = mapped_column(String(40), default="")
    colour: Mapped[str] = mapped_column(String(20), default="")
    recipients: Mapped[list[Any]] = mapped_column(default=list)  # officer ids
    text: Mapped[LongText]
    state: Mapped[Code] = mapped_column(default="open")
    created_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    turn: Mapped[int] = mapped_column(default=0)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
