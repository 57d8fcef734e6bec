"""How the people of a case can be reached: sealed with the data key, never in logs, erasable."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Id


class CaseContact(Base):
    """Contact data of one ``role`` (``writer`` 反映人, ``affected`` 当事人); the four fields hold sealed text."""

    __tablename__ = "case_contact"
    __table_args__ = (UniqueConstraint("case_id", "role"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"))
    role: Mapped[str] = mapped_column(String(20))
    relation: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    identity_number: Mapped[str] = mapped_column(Text, default="")
    phone_index: Mapped[str] = mapped_column(String(64), default="", index=True)  # keyed digest, for "same person?"
