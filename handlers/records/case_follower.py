"""关注人: somebody who follows another's case with their recorded consent, under a query code of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class CaseFollower(Base):
    """States: ``active``, ``withdrawn``. Name and phone are sealed; so is the query code, which only reads.

    ``consent`` says how the person concerned agreed; ``notices``: also to their being told of progress unasked, where
    they write (``citizen_id``, once they have asked for it there).
    """

    __tablename__ = "case_follower"
    __table_args__ = (Index("ix_case_follower_case_id", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    state: Mapped[Code] = mapped_column(default="active")
    relation: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    phone_index: Mapped[str] = mapped_column(String(64), default="")
    query_code: Mapped[str] = mapped_column(String(200))
    consent: Mapped[str] = mapped_column(String(40))
    consent_note: Mapped[str] = mapped_column(Text, default="")  # sealed
    consent_at: Mapped[datetime]
    notices: Mapped[bool] = mapped_column(default=False)
    citizen_id: Mapped[int | None] = mapped_column(Big, ForeignKey("citizen.id"), index=True)
    added_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(String(40), default="")  # citizen, follower or officer:<id>
