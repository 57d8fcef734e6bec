"""常用视图: a search that an officer keeps under a name, alone or for the whole section."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Id


class SavedView(Base):
    """``query`` holds the words and filters as the page's address has them; ``section_code`` "" = its owner's only."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_officer_id", "officer_id"),
        Index("ix_saved_view_section_code", "section_code"),
    )

    id: Mapped[Id]
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    section_code: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
