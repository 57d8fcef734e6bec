"""外出: the days on which an officer is away, and who stands in (代班)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Id


class Absence(Base):
    """Local days, both ends included. ``also``: the one who is away is told as well; else only the stand-in is.

    ``ended_at``: called off, or ended before its last day.
    """

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_last_day", "last_day"),)

    id: Mapped[Id]
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"), index=True)
    stand_in_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    also: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(String(100), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
