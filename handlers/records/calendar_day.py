"""The working-day calendar: every day that differs from its plain weekday, per year."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base


class CalendarDay(Base):
    """One day of a loaded year. ``working`` is what counts; ``name`` says why (国庆节, 调休上班, 周六 …).

    ``source`` is the yearly notice's document number where known; ``provisional`` marks a year whose notice is not
    published or not loaded yet.
    """

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(100), default="")
    provisional: Mapped[bool] = mapped_column(default=False)
