"""审签记录: one act on a reply's way — drafted, passed on, sent back, issued — with the words as they stood then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class ReplyStep(Base):
    """``action``: ``draft``, ``approve``, ``send_back``, ``issue``. ``step`` is a code of handlers.signing.ways.STEPS
    ("" = the drafter's), ``position`` its place in the way (-1 = the drafter's).

    ``round`` counts how often the reply has set out; ``sha256`` is of ``text`` in UTF-8. ``changed``: this act put
    other words in the place of those that came. ``alone``: nobody else was there, though they had acted on it before.
    """

    __tablename__ = "reply_step"
    __table_args__ = (Index("ix_reply_step_reply_id", "reply_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    reply_id: Mapped[int] = mapped_column(Big, ForeignKey("reply.id"))
    round: Mapped[int]
    position: Mapped[int]
    step: Mapped[Code] = mapped_column(default="")
    action: Mapped[Code]
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[LongText]
    sha256: Mapped[str] = mapped_column(String(64))
    changed: Mapped[bool] = mapped_column(default=False)
    alone: Mapped[bool] = mapped_column(default=False)
