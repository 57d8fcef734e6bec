"""A record of what was erased, when and under which retention rule (never of the data itself)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Id


class Erasure(Base):
    """One run over one kind of data, or one case at a person's request."""

    __tablename__ = "erasure"

    id: Mapped[Id]
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(60))
    rule: Mapped[str] = mapped_column(String(120))
    rows: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(Big)
    by: Mapped[str] = mapped_column(String(40), default="system")
