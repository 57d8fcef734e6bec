"""Converse: the citizens' words (进度, 满意, 补充, 撤回, 人工, 帮助) and platform events are answered from what is stored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from handlers.core import Core
from handlers.intake.arrival import Arrival


def converse(session: Session, core: Core, arrivals: Sequence[Arrival]) -> None:
    """Word the answer of every arrival that is a command or an event."""
