"""附件: a file of a message, a registration or a unit's result; the bytes lie outside the database under their hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class Attachment(Base):
    """States: ``pending`` (to be fetched at ``next_at``), ``stored``, ``failed``, ``refused`` (type or size).

    ``erased``: the bytes were deleted under a retention rule or on request; ``error`` says why.
    ``infected``: the scanner found something (``scan_note`` names it); the bytes lie in quarantine.
    ``scan`` is "" until a scanner has looked (``scan_at``: when to try again), then ``clean`` or ``infected``.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_state_next_at", "state", "next_at"),
        Index("ix_attachment_case_id", "case_id"),
        Index("ix_attachment_sha256", "sha256"),
        Index("ix_attachment_state_scan_scan_at", "state", "scan", "scan_at"),
    )

    id: Mapped[Id]
    message_id: Mapped[int | None] = mapped_column(Big, ForeignKey("message.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(Big, ForeignKey("cases.id"))
    referral_id: Mapped[int | None] = mapped_column(Big, ForeignKey("unit_referral.id"))
    channel: Mapped[Code]
    account: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[Code]
    reference: Mapped[str] = mapped_column(String(1000), default="")
    filename: Mapped[str] = mapped_column(String(300), default="")
    content_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[Code] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    scan: Mapped[str] = mapped_column(String(20), default="")
    scan_note: Mapped[str] = mapped_column(String(200), default="")
    scan_at: Mapped[datetime | None]
    scan_tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
