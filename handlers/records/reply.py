"""答复: drafted 拟稿 → reviewed 审核 → issued 签发; the issued text is bound by its hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class Reply(Base):
    """One reply to the citizen. States: ``draft``, ``in_review``, ``issued``, ``superseded``.

    ``purpose`` is ``answer``, ``question`` (asking the citizen) or ``act`` (a document that is a decision: ``act`` is
    its kind, ``entered`` what was typed, sealed). ``sha256`` is of the issued text in UTF-8.
    ``body`` is what its officer wrote of an issued text, without the letter round it ("" = not known apart).
    ``steps`` is the way of the present ``round``, ``position`` the step it waits at (-1 = with its drafter), ``alone``
    whether only somebody is left for it who has acted on this text before (handlers.signing).
    """

    __tablename__ = "reply"
    __table_args__ = (Index("ix_reply_case_id", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    purpose: Mapped[Code] = mapped_column(default="answer")
    state: Mapped[Code] = mapped_column(default="draft")
    text: Mapped[LongText]
    body: Mapped[LongText] = mapped_column(default="", server_default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    drafted_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    drafted_at: Mapped[datetime]
    reviewed_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(String(500), default="")
    issued_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    issued_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    act: Mapped[Code] = mapped_column(default="", server_default="")
    entered: Mapped[LongText] = mapped_column(default="", server_default="")
    steps: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    position: Mapped[int] = mapped_column(default=-1, server_default="-1")
    alone: Mapped[bool] = mapped_column(default=False, server_default=false())
