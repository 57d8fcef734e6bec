"""A small bureau for the outbox's tests: a core, an officer, a citizen, a case with an issued answer, a vendor."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from handlers.core import Core, Policy
from handlers.deadlines.seed import seed_calendar
from handlers.delivery.outbox import queue, text_sha256
from handlers.delivery.senders import Senders
from handlers.errors import DeliveryError
from handlers.messages import OutboundContent, Proof
from handlers.organisation.load import shipped
from handlers.records import Alert, Case, CaseEvent, Citizen, Clock, Delivery, Officer, Reply
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.vault import Vault
from handlers.understanding.labels import Labels

ACCOUNT = "gh_test"
T = TypeVar("T")
_PROFILE = shipped("hohhot-2018")
_DATA_KEY = "A" * 43 + "="  # every process of a test must open what another sealed
_numbers = itertools.count(1)


class NoUnderstanding:
    """Understands nothing; the outbox does not ask."""

    model = "none"

    def read(self, text: str) -> Labels:
        return Labels()


def make_core(database: Database) -> Core:
    """A core over ``database`` with the shipped profile and calendar."""
    return Core(
        database=database,
        vault=Vault(_DATA_KEY),
        ledger=Ledger("audit key of the tests"),
        profile=lambda: _PROFILE,
        calendar=seed_calendar,
        understanding=NoUnderstanding(),
        policy=Policy(push_channels=frozenset({"wechat"}), base_url="https://example.invalid"),
    )


@dataclass(frozen=True)
class Limits:
    """What a channel can do, as far as the outbox asks."""

    can_push: bool = True
    window_hours: float | None = 48.0
    notice_ways: tuple[str, ...] = ()


@dataclass
class Vendor:
    """A sender that notes what it took; ``refuse`` maps a text to what is raised instead (once each, in order)."""

    capabilities: Limits = field(default_factory=Limits)
    sent: list[tuple[str, str]] = field(default_factory=list)
    refuse: dict[str, list[Exception]] = field(default_factory=dict)
    tried: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, to: str, content: OutboundContent) -> Proof:
        with self._lock:
            self.tried += 1
            faults = self.refuse.get(content.text)
            if faults:
                raise faults.pop(0)
            self.sent.append((to, content.text))
            return Proof(vendor_id=f"v{len(self.sent)}")

    def fail(self, text: str, *faults: DeliveryError | Exception) -> None:
        self.refuse[text] = list(faults)


def senders(vendor: Vendor) -> Senders:
    """The outbox's table with ``vendor`` as the WeChat account."""
    return {("wechat", ACCOUNT): vendor}


def add_officer(session: Session, now: datetime, login: str = "li", role: str = "officer") -> Officer:
    officer = Officer(
        login=login, name="李文", role=role, section_code=_PROFILE.sections[1].code, password_hash="x", created_at=now
    )
    session.add(officer)
    session.flush()
    return officer


def add_citizen(session: Session, now: datetime, *, left: int = 5, hours: float = 40) -> Citizen:
    citizen = Citizen(
        channel="wechat", account=ACCOUNT, sender_id=f"o{next(_numbers)}", first_seen_at=now, last_inbound_at=now,
        window_left=left, window_until=now + timedelta(hours=hours),
    )  # fmt: skip
    session.add(citizen)
    session.flush()
    return citizen


def add_case(session: Session, citizen: Citizen, officer: Officer, now: datetime, state: str = "to_deliver") -> Case:
    case = Case(
        number=f"20261123-{next(_numbers):04d}", query_code="sealed", citizen_id=citizen.id, channel="wechat",
        account=ACCOUNT, source="wechat", state=state, kind="consultation", section_code=officer.section_code,
        officer_id=officer.id, opened_at=now, received_at=now, changed_at=now,
    )  # fmt: skip
    session.add(case)
    session.flush()
    session.add(
        Clock(
            case_id=case.id, rule="RX-01", started_at=now, legal_due=now + timedelta(days=2),
            safe_due=now + timedelta(days=2),
        )
    )  # fmt: skip
    return case


def add_answer(
    session: Session, case: Case, officer: Officer, now: datetime, text: str = "您好，答复如下。", **more: object
) -> Delivery:
    """An issued answer of ``case``, queued to its citizen."""
    reply = Reply(
        case_id=case.id, state="issued", text=text, sha256=text_sha256(text), drafted_by=officer.id, drafted_at=now,
        issued_by=officer.id, issued_at=now,
    )  # fmt: skip
    session.add(reply)
    session.flush()
    return add_text(session, case, now, text, purpose="answer", reply_id=reply.id, **more)


def add_text(session: Session, case: Case, now: datetime, text: str, **more: object) -> Delivery:
    """A text queued to the citizen of ``case``."""
    citizen = session.get_one(Citizen, case.citizen_id)
    values: dict[str, object] = {"purpose": "notice", "citizen_id": citizen.id} | more
    return queue(
        session, case_id=case.id, channel="wechat", account=ACCOUNT, recipient=citizen.sender_id, text=text, now=now,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


@dataclass
class World:
    """One answered case waiting for its delivery."""

    core: Core
    now: datetime
    officer_id: int
    citizen_id: int
    case_id: int
    delivery_id: int
    vendor: Vendor = field(default_factory=Vendor)

    @property
    def senders(self) -> Senders:
        return senders(self.vendor)

    def delivery(self, delivery_id: int = 0) -> Delivery:
        return self._look(select(Delivery).where(Delivery.id == (delivery_id or self.delivery_id)))

    def case(self) -> Case:
        return self._look(select(Case).where(Case.id == self.case_id))

    def citizen(self) -> Citizen:
        return self._look(select(Citizen).where(Citizen.id == self.citizen_id))

    def clock(self) -> Clock:
        return self._look(select(Clock).where(Clock.case_id == self.case_id))

    def actions(self) -> list[str]:
        with self.core.database.read() as session:
            wanted = select(CaseEvent.action).where(CaseEvent.case_id == self.case_id).order_by(CaseEvent.seq)
            return list(session.scalars(wanted))

    def alerts(self, state: str = "open") -> list[Alert]:
        with self.core.database.read() as session:
            found = list(session.scalars(select(Alert).where(Alert.state == state).order_by(Alert.id)))
            session.expunge_all()
            return found

    def _look(self, wanted: Select[tuple[T]]) -> T:
        with self.core.database.read() as session:
            found = session.scalars(wanted).one()
            session.expunge_all()
            return found


def make_world(database: Database, now: datetime, **citizen: float) -> World:
    """Build :class:`World` on an empty database."""
    core = make_core(database)
    with database.write() as session:
        officer = add_officer(session, now)
        person = add_citizen(session, now, **citizen)  # type: ignore[arg-type]
        case = add_case(session, person, officer, now)
        answer = add_answer(session, case, officer, now)
        return World(core, now, officer.id, person.id, case.id, answer.id)
