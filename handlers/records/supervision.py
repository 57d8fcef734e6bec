"""督办单: the demand on a section with its own answer time, every turn it took, and the weekly list of all that."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class SupervisionSlip(Base):
    """States: ``open`` (the section owes its answer), ``answered`` (the office looks at it), ``accepted``,
    ``withdrawn``. Sent back, it is open again with a new ``due_at`` (an exclusive end).

    ``number`` is taken from the series of documents 督办单 (``year``, ``serial``). ``clock_id`` is the limit that was
    missed; by hand there is none. ``next_at``/``next_step`` are what the sweep polls.
    """

    __tablename__ = "supervision_slip"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        Index("ix_supervision_slip_state_next_at", "state", "next_at"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(60))
    year: Mapped[int]
    serial: Mapped[int]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    clock_id: Mapped[int | None] = mapped_column(Big, ForeignKey("clock.id"))
    rule: Mapped[str] = mapped_column(String(40), default="")
    section_code: Mapped[Code]
    demand: Mapped[LongText]
    state: Mapped[Code] = mapped_column(default="open")
    raised_at: Mapped[datetime]
    raised_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))  # None: the ladder, at red
    asked_at: Mapped[datetime]  # when the answer's time began: raised, or sent back
    due_at: Mapped[datetime]
    returns: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    noticed_at: Mapped[datetime | None]  # the written notice naming the section (书面通报)
    document_id: Mapped[int | None] = mapped_column(Big, ForeignKey("document.id"))
    next_at: Mapped[datetime | None]
    next_step: Mapped[str] = mapped_column(String(40), default="")


class SlipTurn(Base):
    """``kind``: ``urged``, ``answered`` (``text`` is the reason), ``returned``, ``accepted``, ``withdrawn``."""

    __tablename__ = "slip_turn"

    id: Mapped[Id]
    slip_id: Mapped[int] = mapped_column(Big, ForeignKey("supervision_slip.id"), index=True)
    kind: Mapped[Code]
    text: Mapped[LongText] = mapped_column(default="")
    measures: Mapped[LongText] = mapped_column(default="")
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    at: Mapped[datetime]


class WeeklyList(Base):
    """每周督办清单 of the week that begins on ``week`` (a Monday): ids and facts only, no word of a citizen."""

    __tablename__ = "weekly_list"

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    made_at: Mapped[datetime]
    rows: Mapped[list[Any]] = mapped_column(default=list)
    slips: Mapped[list[Any]] = mapped_column(default=list)
