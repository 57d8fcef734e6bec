"""请协办: what one section was asked for its opinion on, by when (NB-03), and which note answered it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class OpinionRequest(Base):
    """States: ``open``, ``answered``, ``waived`` (the lead waits no longer). ``next_at`` is polled for reminders.

    ``due_at`` is the exclusive end of rule NB-03; ``warned`` counts the reminders sent.
    """

    __tablename__ = "opinion_request"
    __table_args__ = (Index("ix_opinion_request_state_next_at", "state", "next_at"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    section_code: Mapped[Code]
    question: Mapped[LongText]
    state: Mapped[Code] = mapped_column(default="open")
    asked_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    warned: Mapped[int] = mapped_column(default=0)
    note_id: Mapped[int | None] = mapped_column(Big, ForeignKey("note.id"))
    ended_at: Mapped[datetime | None]
