"""经办人: staff accounts and their revocable sign-in sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class Officer(Base):
    """``role``: ``officer``, ``head``, ``office``, ``leader``, ``auditor`` or ``admin``.

    ``addresses`` maps an alert channel to this person's address there (``{"telegram": "123", "wecom": "zhang"}``).
    Who stands in for whom: :class:`handlers.records.absence.Absence`.
    """

    __tablename__ = "officer"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[Code]
    section_code: Mapped[str | None] = mapped_column(String(40))
    receives_reports: Mapped[bool] = mapped_column(default=False)
    addresses: Mapped[dict[str, Any]] = mapped_column(default=dict)
    password_hash: Mapped[str] = mapped_column(String(300))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    disabled: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Base):
    """A sign-in. The browser holds a random token; here lies only its SHA-256."""

    __tablename__ = "staff_session"

    id: Mapped[Id]
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
