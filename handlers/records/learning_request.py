"""立即学习: an admin's wish to train now, picked up by whichever scheduler comes first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id


class LearningRequest(Base):
    """States: ``waiting`` → ``running`` (claimed at ``started_at``) → ``done`` or ``failed``.

    ``model`` and ``verdict`` are what came of it; ``error`` the type of what was raised, without its words.
    """

    __tablename__ = "learning_request"

    id: Mapped[Id]
    state: Mapped[Code] = mapped_column(index=True)
    asked_by: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    promoted: Mapped[bool] = mapped_column(default=False)
    model: Mapped[str] = mapped_column(String(100), default="")
    verdict: Mapped[str] = mapped_column(String(500), default="")
    error: Mapped[str] = mapped_column(String(100), default="")
