"""审批: a consent that a rule wants before something is done on a case: asked, then approved or refused by another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class Consent(Base):
    """States: ``asked``, ``approved``, ``refused``, ``withdrawn``, ``lapsed`` (the clock ended before anybody decided).

    ``kind`` is ``extension``: ``units`` more of the rule's unit. ``approver`` is the role that decides.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_state_approver", "state", "approver"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    clock_id: Mapped[int] = mapped_column(Big, ForeignKey("clock.id"))
    kind: Mapped[Code] = mapped_column(default="extension")
    units: Mapped[int]
    reason: Mapped[LongText]
    approver: Mapped[Code]
    state: Mapped[Code] = mapped_column(default="asked")
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    words: Mapped[LongText] = mapped_column(default="")
