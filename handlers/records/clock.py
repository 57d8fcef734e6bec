"""计时: one running instance of a time limit on a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class Clock(Base):
    """States: ``running``, ``paused``, ``met``, ``lapsed``, ``stopped`` (the rule no longer applies).

    ``legal_due`` and ``safe_due`` are exclusive ends (instants); ``outer_due`` is an outer platform's earlier date
    that prevails. ``next_alarm_at``/``next_step`` are what the ladder's sweep polls.
    """

    __tablename__ = "clock"
    __table_args__ = (
        Index("ix_clock_state_next_alarm_at", "state", "next_alarm_at"),
        Index("ix_clock_case_id", "case_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    rule: Mapped[Code]
    state: Mapped[Code] = mapped_column(default="running")
    started_at: Mapped[datetime]
    legal_due: Mapped[datetime]
    safe_due: Mapped[datetime]
    outer_due: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    pauses: Mapped[list[Any]] = mapped_column(default=list)  # [["2026-09-24", "2026-10-12"], …], inclusive
    paused_since: Mapped[datetime | None]
    extended_by: Mapped[int] = mapped_column(default=0)  # in the rule's unit
    met_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(300), default="")
    next_alarm_at: Mapped[datetime | None]
    next_step: Mapped[str] = mapped_column(String(40), default="")
    colour: Mapped[str] = mapped_column(String(20), default="")
    adopted_from: Mapped[int | None] = mapped_column(Big)  # the case that was merged into this one and ended earlier
