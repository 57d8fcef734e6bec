"""A key of the REST interface: names a source, sees only that source's cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Code, Id


class ApiKey(Base):
    """Here lies only the key's SHA-256; ``account`` is the account its messages are stored under."""

    __tablename__ = "api_key"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100))
    account: Mapped[str] = mapped_column(String(100), unique=True)
    source: Mapped[Code] = mapped_column(default="rest")
    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
