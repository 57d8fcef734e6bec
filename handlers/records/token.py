"""A vendor's access token, shared by every process; one refresher at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base


class ChannelToken(Base):
    """``value`` is sealed; ``refreshing_until`` is the lease of the one process that refreshes."""

    __tablename__ = "channel_token"

    channel: Mapped[str] = mapped_column(String(40), primary_key=True)
    account: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime | None]
    refreshing_until: Mapped[datetime | None]
