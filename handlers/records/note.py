"""An internal note: a table of its own, so that no path can ever deliver one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class Note(Base):
    """``kind``: ``note`` (内部备注) or ``supervision`` (督办)."""

    __tablename__ = "note"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    kind: Mapped[Code] = mapped_column(default="note")
    text: Mapped[LongText]
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    at: Mapped[datetime]
