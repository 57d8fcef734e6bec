"""A local override (本单位另定) of one rule of the time-limit table: what it changes, on whose word, when and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class LimitOverrideRow(Base):
    """One edit, whole: nothing is changed afterwards, but it may be undone. In force is a rule's last one not undone.

    ``length`` and ``extension`` are in the rule's unit (``None`` = as shipped; extension 0 = none). ``officer_id`` is
    ``None`` when it came with a profile file.
    """

    __tablename__ = "limit_override"

    id: Mapped[Id]
    rule: Mapped[Code] = mapped_column(index=True)
    length: Mapped[int | None]
    extension: Mapped[int | None]
    approver: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(60), default="")
    active: Mapped[bool] = mapped_column(default=True)
    confirmed: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(300), default="")
    officer_id: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    undone_why: Mapped[str] = mapped_column(String(300), default="")
