"""草稿版本: words of a draft that are not, or no longer, in the shared one; nobody's are lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class DraftVersion(Base):
    """One text. States: ``aside`` (written beside the shared draft, waits for a decision), ``taken`` and ``left``
    (decided), ``earlier`` (was the shared draft until another text took its place).

    ``seen`` is the version of the shared draft that its writer had before them (0 = none).
    """

    __tablename__ = "draft_version"
    __table_args__ = (Index("ix_draft_version_case_id_state", "case_id", "state"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    state: Mapped[Code]
    text: Mapped[LongText]
    seen: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    settled_at: Mapped[datetime | None]
