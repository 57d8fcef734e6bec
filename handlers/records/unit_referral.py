"""交办 / 转送: a case given to a unit, with its return date and what came back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class UnitReferral(Base):
    """``way``: ``assign_down`` (交办, the result returns) or ``forward`` (转送, the citizen is told, closed).

    States: ``open`` (waiting, reminded at ``remind_at``), ``returned``, ``cancelled``, ``done`` (a forward).
    """

    __tablename__ = "unit_referral"
    __table_args__ = (Index("ix_unit_referral_state_remind_at", "state", "remind_at"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    unit_code: Mapped[Code]
    way: Mapped[Code]
    state: Mapped[Code] = mapped_column(default="open")
    demand: Mapped[LongText] = mapped_column(default="")
    outer_number: Mapped[str] = mapped_column(String(100), default="")
    return_by: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    result: Mapped[LongText] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    returned_at: Mapped[datetime | None]
