"""The one thread that receives for everybody outlives every caller."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from handlers.core import Core
from handlers.intake.batcher import Batcher
from handlers.records import Message
from tests.handlers.intake.citizens import Town, clear


def test_a_caller_who_went_away_stops_neither_the_own_message_nor_those_of_others(core: Core, now: datetime) -> None:
    town = Town(core, now, clear())
    batcher = Batcher(town.intake, lambda: now)
    gone = batcher.submit(town.message("甲", "a"))
    assert gone.cancel()
    batcher.start()
    assert batcher.submit(town.message("乙", "b")).result(10).number
    assert batcher.submit(town.message("丙", "c")).result(10).number
    batcher.stop()
    with core.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 3
