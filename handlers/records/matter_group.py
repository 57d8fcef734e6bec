"""群体件: the cases of many people about one matter; one decision, and each of them answered by name and number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class MatterGroup(Base):
    """``decision`` is the one text with its fields (【称呼】, 【编号】), ``result`` a code of RESULTS."""

    __tablename__ = "matter_group"

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(200))
    section_code: Mapped[str | None] = mapped_column(String(40))
    decision: Mapped[LongText] = mapped_column(default="")
    result: Mapped[Code] = mapped_column(default="")
    decided_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    decided_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class GroupMember(Base):
    """A case is in one group at most; ``reply_id`` is its own reply made from the group's decision."""

    __tablename__ = "group_member"

    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(Big, ForeignKey("matter_group.id"), index=True)
    representative: Mapped[bool] = mapped_column(default=False)
    reply_id: Mapped[int | None] = mapped_column(Big, ForeignKey("reply.id"))
    added_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    added_at: Mapped[datetime]
