"""The organisation's profile as tables: what an admin edits in the console."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Code, Id, LongText


class ProfileHead(Base):
    """The single row of the bureau itself; ``version`` grows with every change, so that caches know."""

    __tablename__ = "profile_head"

    id: Mapped[Id]
    code: Mapped[Code]
    name: Mapped[str] = mapped_column(String(100))
    short_name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(60))
    duty_phone: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(200), default="")
    office: Mapped[Code]
    report_recipient: Mapped[str] = mapped_column(String(60), default="")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    quiet: Mapped[dict[str, Any]] = mapped_column(default=dict)
    approvals: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


class SectionRow(Base):
    """科室."""

    __tablename__ = "section"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(60), default="")
    attested: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class UnitRow(Base):
    """单位: a body outside the sections that can receive a case."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[Code]
    phone: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)


class TopicRouteRow(Base):
    """topic → lead section, cooperating sections, units."""

    __tablename__ = "topic_route"

    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    lead: Mapped[Code]
    cooperating: Mapped[list[Any]] = mapped_column(default=list)
    units: Mapped[list[Any]] = mapped_column(default=list)
    transfer_to: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)


class WordingRow(Base):
    """The wording of one outgoing text."""

    __tablename__ = "wording"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    text: Mapped[LongText]


class LadderStepRow(Base):
    """One rung of the ladder of warnings."""

    __tablename__ = "ladder_step"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    colour: Mapped[Code]
    against: Mapped[Code]
    working_days: Mapped[int]
    hours_share: Mapped[float | None] = mapped_column(Float)
    recipients: Mapped[list[Any]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)


class DutyTurnRow(Base):
    """One turn of the duty roster (值班表)."""

    __tablename__ = "duty_turn"

    id: Mapped[Id]
    position: Mapped[int]
    officer: Mapped[str] = mapped_column(String(60))


class NoticeTemplateRow(Base):
    """A notice that the platform lets us send when its window is shut (模板消息, 订阅通知)."""

    __tablename__ = "notice_template"

    id: Mapped[Id]
    position: Mapped[int]
    channel: Mapped[Code]
    way: Mapped[Code]
    template_id: Mapped[str] = mapped_column(String(100))
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
