"""征求意见: another party's opinion on publishing, asked for in writing; the applicant's clock rests meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class PartyInquiry(Base):
    """``kind``: ``third_party`` or ``joint_author``; ``answer``: "" (waiting), ``agrees``, ``refuses``, ``silent``.

    ``party`` and ``proof`` are sealed. ``clock_id`` is the party's own clock (GK-04, GK-05), from its receipt on.
    """

    __tablename__ = "party_inquiry"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), index=True)
    kind: Mapped[Code]
    party: Mapped[LongText] = mapped_column(default="")
    proof: Mapped[LongText] = mapped_column(default="")
    sent_on: Mapped[date] = mapped_column(Date)
    received_on: Mapped[date | None] = mapped_column(Date)
    clock_id: Mapped[int | None] = mapped_column(Big, ForeignKey("clock.id"))
    answer: Mapped[Code] = mapped_column(default="", index=True)
    answered_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
