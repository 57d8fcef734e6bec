"""用印登记: who put the bureau's seal on which document, on how many copies, and on exactly which file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Id


class SealRecord(Base):
    """One use of the seal. ``sha256`` is the Word file's, ``reply_sha256`` of the text that was signed (签发)."""

    __tablename__ = "seal_record"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    reply_id: Mapped[int] = mapped_column(Big, ForeignKey("reply.id"))
    document_id: Mapped[int] = mapped_column(Big, ForeignKey("document.id"), unique=True)
    number: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    reply_sha256: Mapped[str] = mapped_column(String(64))
    copies: Mapped[int]
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(200), default="")
