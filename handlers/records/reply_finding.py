"""答复核对: what the check pointed out in a reply, and what its officer decided about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class ReplyFinding(Base):
    """One finding that was shown. States: ``open``, ``kept`` (with a reason), ``changed`` (the text was).

    ``kind``, ``about`` and ``words`` are those of :class:`handlers.writing.finding.Finding` and make it the same one.
    """

    __tablename__ = "reply_finding"
    __table_args__ = (Index("ix_reply_finding_reply_id", "reply_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    reply_id: Mapped[int] = mapped_column(Big, ForeignKey("reply.id"))
    kind: Mapped[Code]
    about: Mapped[Code] = mapped_column(default="")
    words: Mapped[LongText] = mapped_column(default="")
    state: Mapped[Code] = mapped_column(default="open")
    reason: Mapped[str] = mapped_column(String(300), default="")
    shown_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    decided_at: Mapped[datetime | None]
