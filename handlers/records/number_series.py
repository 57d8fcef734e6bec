"""The last case number given out on each local day; advanced in the transaction that opens the cases: no gaps."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base


class NumberSeries(Base):
    """One row per local day."""

    __tablename__ = "number_series"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int]
