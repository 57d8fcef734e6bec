"""文书: a written act of a case as a Word file, numbered by kind and year; the bytes lie with the attachments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class Document(Base):
    """States: ``made``, ``void`` (作废; the number stays taken), ``erased`` (under a retention rule or on request).

    ``number`` is the whole 发文字号, ``serial`` its last part; ``entered`` what was typed, sealed, as JSON.
    ``serves_id`` of a 送达回证 is the document it is for; ``reply_id`` the signed reply whose paper it is.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("kind", "year", "serial"), Index("ix_document_case_id", "case_id"))

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    kind: Mapped[Code]
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    day: Mapped[date] = mapped_column(Date)
    state: Mapped[Code] = mapped_column(default="made")
    void_why: Mapped[str] = mapped_column(String(300), default="")
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    entered: Mapped[LongText] = mapped_column(default="")
    serves_id: Mapped[int | None] = mapped_column(Big, ForeignKey("document.id"))
    reply_id: Mapped[int | None] = mapped_column(Big, ForeignKey("reply.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
