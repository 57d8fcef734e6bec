"""强制报告: suspected harm to a minor, which must be reported to the police at once (未成年人保护法 第十一条)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class MandatoryReport(Base):
    """States: ``open`` (due at once), ``reported``, ``dismissed`` (a person found no suspicion, and says why).

    ``opened_by`` is empty when a rule opened it. ``receipt_number`` is the police's own (接警单号, 回执编号).
    """

    __tablename__ = "mandatory_report"
    __table_args__ = (
        Index("ix_mandatory_report_state", "state"),
        Index("ix_mandatory_report_case_id", "case_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    state: Mapped[Code] = mapped_column(default="open")
    why: Mapped[str] = mapped_column(String(300), default="")
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    way: Mapped[str] = mapped_column(String(40), default="")
    police_unit: Mapped[str] = mapped_column(String(100), default="")
    receipt_number: Mapped[str] = mapped_column(String(100), default="")
    reported_at: Mapped[datetime | None]
    told: Mapped[LongText] = mapped_column(default="")  # sealed: what was reported, or why there is nothing to report
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
