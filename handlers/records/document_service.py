"""送达: how a document reached (or did not reach) the one it is for, with the proof."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class DocumentService(Base):
    """One try at serving. ``way`` and ``outcome``: handlers.documents.ways; names and proof are sealed.

    ``proven`` marks a service by which limits are met. ``attachment_id`` is the scanned, signed receipt.
    """

    __tablename__ = "document_service"

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(Big, ForeignKey("document.id"), index=True)
    way: Mapped[Code]
    outcome: Mapped[Code]
    proven: Mapped[bool]
    at: Mapped[datetime]
    receiver: Mapped[str] = mapped_column(String(1000), default="")
    relation: Mapped[str] = mapped_column(String(60), default="")
    witness: Mapped[str] = mapped_column(String(1000), default="")
    proof: Mapped[str] = mapped_column(String(2000), default="")
    attachment_id: Mapped[int | None] = mapped_column(Big, ForeignKey("attachment.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
