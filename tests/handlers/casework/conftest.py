"""A small bureau for the tests of casework: officers of every role, and cases as the intake leaves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework import timing
from handlers.casework.access import Staff, staff_of
from handlers.core import Core
from handlers.records import Case, Citizen, Message, Officer

_serial = count(101)  # the numbers below are left to cases that a test splits off
TEXT = "请问八十岁以上老人的高龄津贴到哪里申请，要带什么材料？"


@pytest.fixture
def session(core: Core) -> Iterator[Session]:
    """One write transaction, undone at the end."""
    with core.database._writer() as session:
        session.begin()
        yield session
        session.rollback()


class Bureau:
    """Officers by name, each a :class:`Staff`."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self.zhang = self.add("zhang", "张敏", Role.OFFICER, "welfare")
        self.li = self.add("li", "李强", Role.OFFICER, "welfare")
        self.head = self.add("head", "何丽", Role.HEAD, "welfare")
        self.relief = self.add("relief", "白云", Role.OFFICER, "social_relief_office")
        self.finance = self.add("finance", "钱进", Role.OFFICER, "finance")
        self.office = self.add("office", "乌云", Role.OFFICE, "general_office")
        self.leader = self.add("leader", "巴图", Role.LEADER, "")
        self.auditor = self.add("auditor", "沈正", Role.AUDITOR, "")
        self.admin = self.add("admin", "管理", Role.ADMIN, "")
        self.suhe = self.add("suhe", "苏和", Role.OFFICE, "general_office", receives_reports=True)

    def named(self, name: str) -> Staff:
        """Whoever has this name."""
        return staff_of(self._session.scalars(select(Officer).where(Officer.name == name)).one())

    def add(self, login: str, name: str, role: Role, section: str, **more: Any) -> Staff:
        officer = Officer(
            login=login,
            name=name,
            role=str(role),
            section_code=section or None,
            password_hash="-",
            created_at=self._now,
            **more,
        )
        self._session.add(officer)
        self._session.flush()
        return staff_of(officer)


@pytest.fixture
def bureau(session: Session, now: datetime) -> Bureau:
    return Bureau(session, now)


OpenCase = Callable[..., Case]


@pytest.fixture
def open_case(session: Session, core: Core, now: datetime) -> OpenCase:
    """Store a message and open its case; keyword arguments are columns of the case (``text`` is the message's)."""

    def make(text: str = TEXT, citizen: Citizen | None = None, **columns: Any) -> Case:
        n = next(_serial)
        channel = columns.setdefault("channel", "wechat")
        citizen = citizen or _citizen(session, channel, f"sender-{n}", now)
        message = _message(session, channel, citizen, text, n, now)
        values: dict[str, Any] = {
            "number": f"20261123-{n:04d}",
            "query_code": core.vault.seal("K7MR-PQXT"),
            "citizen_id": citizen.id,
            "first_message_id": message.id,
            "source": channel,
            "state": "assigned",
            "subject": text[:60],
            "kind": "consultation",
            "topic": "elderly_care",
            "section_code": "welfare",
            "opened_at": now,
            "received_at": now,
            "changed_at": now,
        }
        case = Case(**(values | columns))
        session.add(case)
        session.flush()
        message.case_id = case.id
        core.ledger.append(session, case.id, "citizen", "opened", now, {"source": case.source, "message": message.id})
        timing.started(session, core, case, now)
        return case

    return make


def _citizen(session: Session, channel: str, sender: str, now: datetime) -> Citizen:
    citizen = Citizen(channel=channel, account="gh_1", sender_id=sender, first_seen_at=now, last_inbound_at=now)
    session.add(citizen)
    session.flush()
    return citizen


def _message(session: Session, channel: str, citizen: Citizen, text: str, n: int, now: datetime) -> Message:
    message = Message(
        channel=channel,
        account="gh_1",
        external_id=f"m-{n}",
        sender_id=citizen.sender_id,
        citizen_id=citizen.id,
        kind="text",
        text=text,
        sent_at=now,
        received_at=now,
        state="processed",
    )
    session.add(message)
    session.flush()
    return message
