"""When each job of the timetable last ran, by process."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base


class Heartbeat(Base):
    """``every`` is the job's period in seconds; a beat older than three of them is stale."""

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    process: Mapped[str] = mapped_column(String(120), primary_key=True)
    every: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(300), default="")
