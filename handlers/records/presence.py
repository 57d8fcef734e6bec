"""在看 and 在写: which member of staff has a case open at this moment; gone a minute after they leave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code


class Presence(Base):
    """``doing`` is ``reading`` or ``writing``. A row counts until ``until``; nobody keeps it after that."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_until", "until"),)

    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"), primary_key=True, autoincrement=False)
    doing: Mapped[Code] = mapped_column(default="reading")
    since: Mapped[datetime]
    until: Mapped[datetime]
