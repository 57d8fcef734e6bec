"""办事指南: a guide, its versions (each approved one stays readable), and which version a case was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class GuideRow(Base):
    """One guide by its code; ``in_force_id`` is the approved version that holds now (``None`` = it answers nobody)."""

    __tablename__ = "guide"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    in_force_id: Mapped[int | None] = mapped_column(Big)  # no foreign key: the two tables would need each other first
    made_at: Mapped[datetime]


class GuideVersion(Base):
    """One version. States: ``draft``, ``approved`` (in force), ``superseded``, ``discarded``, ``withdrawn``.

    ``content`` is a :class:`handlers.guides.guide.Guide` without its code. ``editors`` are the officers who wrote any
    of it (empty = it came with the program); ``revision`` counts the edits of a draft.
    """

    __tablename__ = "guide_version"
    __table_args__ = (UniqueConstraint("guide_id", "version"), Index("ix_guide_version_state", "state"))

    id: Mapped[Id]
    guide_id: Mapped[int] = mapped_column(Big, ForeignKey("guide.id"))
    version: Mapped[int]
    state: Mapped[Code] = mapped_column(default="draft")
    item: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]]
    editors: Mapped[list[Any]] = mapped_column(default=list)
    revision: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    approved_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(Big, ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(300), default="")
    changed_at: Mapped[datetime]


class GuideAnswer(Base):
    """The guide that a case was answered with at once. ``outcome``: "" (nothing said yet), ``solved``, ``person``."""

    __tablename__ = "guide_answer"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("cases.id"), unique=True)
    version_id: Mapped[int] = mapped_column(Big, ForeignKey("guide_version.id"))
    confidence: Mapped[float]
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    sent_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    outcome_at: Mapped[datetime | None]
