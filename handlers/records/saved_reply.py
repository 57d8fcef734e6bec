"""常用答复: texts that a section or an officer uses again, every version kept; 本局用语: words that are not used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class SavedReply(Base):
    """One saved reply: of a section (``section_code``) or of one officer (``owner_id``, then the section is "").

    ``version`` numbers the text that holds; ``retired`` ones are offered no more and stay readable.
    """

    __tablename__ = "saved_reply"
    __table_args__ = (Index("ix_saved_reply_section_code", "section_code"),)

    id: Mapped[Id]
    section_code: Mapped[Code] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    topic: Mapped[Code] = mapped_column(default="")
    text: Mapped[LongText]
    version: Mapped[int] = mapped_column(default=1)
    retired: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]


class SavedReplyVersion(Base):
    """One version as it was saved; the last one is what the saved reply says."""

    __tablename__ = "saved_reply_version"
    __table_args__ = (UniqueConstraint("saved_id", "version"),)

    id: Mapped[Id]
    saved_id: Mapped[int] = mapped_column(Big, ForeignKey("saved_reply.id"))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[LongText]
    written_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    written_at: Mapped[datetime]


class BureauWord(Base):
    """A word of the bureau's own list and what to write ``instead`` ("" = leave it out); it goes before the shipped
    list. Not ``used`` = the shipped word is no longer pointed out."""

    __tablename__ = "bureau_word"

    id: Mapped[Id]
    word: Mapped[str] = mapped_column(String(40), unique=True)
    instead: Mapped[str] = mapped_column(String(60), default="")
    used: Mapped[bool] = mapped_column(default=True)
    changed_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    changed_at: Mapped[datetime]
