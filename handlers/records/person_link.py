"""同一人: that two senders are one person, how that is known, and the code that proves it; each can be undone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class PersonLink(Base):
    """``how``: ``code`` (the person said our code back), ``call`` (staff called the number), ``staff`` (a decision).

    ``citizen.person_id`` follows from the links that are not undone. No foreign keys to ``citizen``: a sender may be
    forgotten while it stays on record that staff once joined two.
    """

    __tablename__ = "person_link"

    id: Mapped[Id]
    one_id: Mapped[int] = mapped_column(Big, index=True)
    other_id: Mapped[int] = mapped_column(Big, index=True)
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    other_case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    how: Mapped[Code]
    reason: Mapped[str] = mapped_column(String(600), default="")  # sealed: it may say whom staff spoke to
    made_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    made_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    undone_at: Mapped[datetime | None]
    undone_why: Mapped[str] = mapped_column(String(600), default="")  # sealed


class PersonCode(Base):
    """A code asked for on ``case_id`` about ``other_case_id``: given to the sender of one, given back for the other.

    ``digest`` binds the digits to who was given them and to who gives them back (handlers.people.code).
    """

    __tablename__ = "person_code"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    other_case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
