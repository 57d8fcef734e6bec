"""A trained model as it is kept: its weights, what it learned from, how it measured, and whether it is in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Code, Id


class UnderstandingModel(Base):
    """States: ``training`` (claimed by a process, not made yet), ``candidate`` (measured, not taken), ``promoted``
    (in force), ``previous`` (one step back), ``retired``.

    ``weights`` is the archive of :func:`handlers.understanding.learned.model.dump`; emptied when the model is retired.
    """

    __tablename__ = "understanding_model"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[Code] = mapped_column(index=True)
    made_at: Mapped[datetime]
    promoted_at: Mapped[datetime | None]
    local_examples: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    verdict: Mapped[str] = mapped_column(String(500), default="")
    weights: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True)
