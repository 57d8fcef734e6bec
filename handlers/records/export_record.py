"""导出留痕: who took which list out of the house, when, and how many rows it had."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class ExportRecord(Base):
    """Written before the first row goes out; ``rows`` and ``finished_at`` when the last has (else: broken off)."""

    __tablename__ = "export_record"
    __table_args__ = (Index("ix_export_record_at", "at"),)

    id: Mapped[Id]
    at: Mapped[datetime]
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    kind: Mapped[Code]  # cases, results
    what: Mapped[str] = mapped_column(String(300))
    query: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rows: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
