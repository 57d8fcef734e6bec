"""A house whose messages really are received: the intake in the same process, and a case brought to any state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio.to_thread
from sqlalchemy import select

from bot.web.api.callers import api_callers
from handlers.errors import IntakeUnavailable
from handlers.intake.receive import Intake
from handlers.messages import InboundMessage, Receipt
from handlers.records import Case, Reply
from handlers.records.case import Case as CaseRow
from handlers.understanding.labels import Labels
from tests.bot.web.house import House, build_house


class Says:
    """An understanding whose labels the test says."""

    model = "said by the test"

    def __init__(self, **labels: Any) -> None:
        given = {
            "kind": "consultation", "topic": "elderly_care", "sentiment": "neutral", "urgent": False,
            "needs_person": False,
        }  # fmt: skip
        self.labels = Labels(model=self.model, **(given | labels))

    def read(self, text: str) -> Labels:
        return self.labels


class Receiving:
    """The wiring's way in, with a database that can be away."""

    def __init__(self, intake: Intake, now: Any) -> None:
        self.intake = intake
        self.now = now
        self.away = False

    async def __call__(self, message: InboundMessage) -> Receipt:
        if self.away:
            raise IntakeUnavailable("留言暂时没有存下来，请稍后再发一次。")
        return await anyio.to_thread.run_sync(self.intake.receive, message, self.now())


class LiveHouse(House):
    """A :class:`House` with a working intake."""

    receiving: Receiving

    def case(self, number: str = "") -> CaseRow:
        """The case ``number``, or the only one."""
        wanted = select(Case).where(Case.number == number) if number else select(Case)
        with self.services.core.database.read() as session:
            return session.scalars(wanted).one()

    def change(self, number: str, **columns: Any) -> None:
        """Bring a case to a state, as its officers would have."""
        with self.services.core.database.write() as session:
            case = session.scalars(select(Case).where(Case.number == number)).one()
            for name, value in columns.items():
                setattr(case, name, value)

    def answer(self, number: str, text: str, at: datetime, state: str = "answered", purpose: str = "answer") -> None:
        """Issue a reply to a case."""
        by = self.officers.get("officer") or self.officers[self.officer("officer")]
        with self.services.core.database.write() as session:
            case = session.scalars(select(Case).where(Case.number == number)).one()
            session.add(
                Reply(
                    case_id=case.id, purpose=purpose, state="issued", text=text, drafted_by=by, drafted_at=at,
                    issued_by=by, issued_at=at,
                )
            )  # fmt: skip
            case.state = state
            case.answered_at = at if state == "answered" else None


def build_live(folder: Path, labels: dict[str, Any] | None = None, **changes: Any) -> LiveHouse:
    """Build a live house in ``folder``; ``labels`` are what is understood, ``changes`` are settings."""
    house = build_house(folder, **({"data_dir": folder / "data"} | changes))
    core = replace(house.services.core, understanding=Says(**(labels or {})))
    receiving = Receiving(Intake(core, house.services.files.keep), house.clock)
    services = replace(house.services, core=core, receive=receiving, api_caller=api_callers(core.database))
    live = LiveHouse(services, house.clock, house.receiver)
    live.receiving = receiving
    return live
