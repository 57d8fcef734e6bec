"""当日过问: a case that somebody should look at the same day; its section and the office are told once, by daylight."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, select

from handlers.core import Core
from handlers.escalation.alerts import Doors
from handlers.escalation.recipients import Roster
from handlers.escalation.settling import settle
from handlers.escalation.urgent import case_link
from handlers.escalation.watch import lock, tell
from handlers.organisation.wording import render
from handlers.records.alert import Alert
from handlers.records.case import IS_OPEN, Case

KIND: Final = "today"
_BATCH: Final = 200
_ASKED: Final = (IS_OPEN, Case.urgent.is_(True), Case.grade == "today")


def tell_same_day(core: Core, now: datetime, doors: Doors) -> int:
    """Tell of every open case of the grade ``today`` that nobody was told of; return how many.

    What is pushed waits for the end of the quiet hours. A report (举报) is its recipient's alone, who is told anyway.
    """
    told = exists().where(Alert.case_id == Case.id, Alert.kind == KIND)
    wanted = select(Case.id).where(*_ASKED, Case.restricted.is_(False), ~told).order_by(Case.id).limit(_BATCH)
    still = select(Case.id).where(*_ASKED)
    over = (Alert.kind == KIND, Alert.state == "open", Alert.case_id.not_in(still))
    with core.database.read() as session:
        ids = session.scalars(wanted).all()
        done = session.scalar(select(Alert.id).where(*over).limit(1)) is not None
    if done:
        with core.database.write() as session:
            settle(session, now, *over)
    return sum(_tell(core, case_id, wanted, now, doors) for case_id in ids)


def _tell(core: Core, case_id: int, wanted: Any, now: datetime, doors: Doors) -> int:
    with core.database.write() as session:
        case = lock(session, case_id)
        if case is None or session.scalar(wanted.where(Case.id == case_id)) is None:
            return 0
        text = render(core.profile(), "alert_today", number=case.number, link=case_link(core, case.number))
        told = Roster(session, now).told(case, ("officer", "head", "office"))
        return tell(session, core, f"{KIND}:{case.id}", KIND, case, told, text, "orange", now, doors)
