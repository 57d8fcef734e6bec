"""A small bureau for the tests of clocks, ladder and duty roster: staff with addresses, cases with clocks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.core import Core, Policy
from handlers.deadlines.clocks import add_clocks
from handlers.deadlines.limits import load_limits
from handlers.deadlines.seed import seed_calendar
from handlers.deadlines.worktime import local_day
from handlers.organisation.load import shipped
from handlers.records import Absence, Alert, Case, CaseEvent, Clock, Delivery, Officer
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.vault import Vault, new_key
from handlers.understanding.labels import Labels

DOORS = {"telegram": "bot"}
PROFILE = shipped("hohhot-2018")
SECTION = PROFILE.sections[0].code
_numbers = itertools.count(1)


class ReadsNothing:
    """An understanding that understands nothing."""

    model = "none"

    def read(self, text: str) -> Labels:
        return Labels()


@dataclass
class Bureau:
    """A core with its staff; officers by sign-in name."""

    core: Core
    staff: dict[str, int]

    def all(self, session: Session, table: type[Any]) -> list[Any]:
        """Return every row of a table, in order."""
        return list(session.scalars(select(table).order_by(table.id)))

    def case(self, started_at: datetime, rules: Iterable[str] = ("RX-01",), **values: Any) -> int:
        """Open a case whose clocks run from ``started_at``; return its id."""
        with self.core.database.write() as session:
            number = f"20261122-{next(_numbers):04d}"
            given = {
                "number": number, "query_code": "sealed", "channel": "wechat", "source": "wechat",
                "state": "in_progress", "kind": "consultation", "section_code": SECTION, "opened_at": started_at,
                "received_at": started_at, "changed_at": started_at,
            }  # fmt: skip
            case = Case(**(given | values))
            session.add(case)
            session.flush()
            add_clocks(session, self.core, case, [load_limits().rule(code) for code in rules], started_at, started_at)
            return case.id

    def get(self, table: type[Any], row_id: int) -> Any:
        """Return one row."""
        with self.core.database.read() as session:
            return session.get(table, row_id)

    def clock(self, case_id: int, rule: str = "RX-01") -> Clock:
        """Return the latest clock of a rule on a case."""
        with self.core.database.read() as session:
            wanted = select(Clock).where(Clock.case_id == case_id, Clock.rule == rule).order_by(Clock.id.desc())
            return session.scalars(wanted).first() or Clock()

    def steps(self) -> list[tuple[str, str]]:
        """Return (step, colour) of every ladder alert, in order."""
        with self.core.database.read() as session:
            return [(a.step, a.colour) for a in self.all(session, Alert) if a.kind == "ladder"]

    def pushed(self) -> list[tuple[str, str]]:
        """Return (address, text) of every text queued for staff, in order."""
        with self.core.database.read() as session:
            return [(d.recipient, d.text) for d in self.all(session, Delivery)]

    def actions(self, case_id: int) -> list[str]:
        """Return the actions of a case's events, and check its chain."""
        with self.core.database.read() as session:
            wanted = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.seq)
            events = list(session.scalars(wanted))
            assert not list(self.core.ledger.verify(events))
            return [event.action for event in events]


def away(session: Session, officer_id: int, stand_in_id: int, until: datetime, *, also: bool = False) -> None:
    """Somebody is away from long ago until the day of ``until``."""
    days = {"first_day": date(2026, 1, 1), "last_day": local_day(until)}
    told = {"made_by": officer_id, "made_at": until, "also": also}
    session.add(Absence(officer_id=officer_id, stand_in_id=stand_in_id, **days, **told))
    session.flush()


def make_bureau(database: Database, now: datetime) -> Bureau:
    """A bureau with an officer and head in one section, an office, a leader, and the profile's duty roster."""
    core = Core(
        database=database,
        vault=Vault(new_key()),
        ledger=Ledger("audit key of the tests"),
        profile=lambda: PROFILE,
        calendar=seed_calendar,
        understanding=ReadsNothing(),
        policy=Policy(base_url="https://example.invalid"),
    )
    people: list[tuple[str, str, str | None]] = [("zhang", "officer", SECTION), ("head", "head", SECTION)]
    people += [("clerk", "office", None), ("boss", "leader", None)]
    people += [(turn.officer, "office", None) for turn in PROFILE.duty_roster]
    people += [("recipient", "officer", None)]
    with database.write() as session:
        staff = {}
        for login, role, section in people:
            officer = Officer(
                login=login, name=login, role=role, section_code=section, password_hash="x", created_at=now,
                addresses={"telegram": f"tg-{login}"}, receives_reports=login == "recipient",
            )  # fmt: skip
            session.add(officer)
            session.flush()
            staff[login] = officer.id
    return Bureau(core, staff)
