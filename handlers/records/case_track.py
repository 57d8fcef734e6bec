"""办理途径: one legal procedure that a case follows, or that somebody proposed; a case may follow several at once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class CaseTrack(Base):
    """States: ``proposed`` (by the intake, waits for a person), ``open``, ``refused``, ``ended``.

    ``form`` and ``purpose`` are codes of handlers.taxonomy; ``stage`` is how far the procedure has come
    (handlers.procedure.table). The general track has a row only where somebody decided on it.
    """

    __tablename__ = "case_track"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    track: Mapped[Code]
    form: Mapped[Code] = mapped_column(default="")
    purpose: Mapped[Code] = mapped_column(default="")
    state: Mapped[Code] = mapped_column(default="proposed", index=True)
    stage: Mapped[Code] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    evidence: Mapped[str] = mapped_column(String(300), default="")  # the writer's own words that it was proposed for
    since: Mapped[datetime | None]  # when what it is about was received, where that was after the case itself
    confirmed_on: Mapped[date | None] = mapped_column(Date)  # 依申请公开: the day both sides confirmed
    corrected: Mapped[bool] = mapped_column(default=False)  # a correction (补正) was asked for: that goes once only
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(300), default="")
