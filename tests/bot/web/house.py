"""A whole house for page tests: real database, real profile, a clock that stands still, a client that keeps cookies."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

from bot.services import Services
from bot.settings import Settings, new_key
from handlers.accounts import officers, passwords
from handlers.accounts.roles import Role
from handlers.accounts.sessions import Accounts
from handlers.attachments.store import AttachmentStore
from handlers.core import Core, Policy
from handlers.deadlines.seed import seed_calendar
from handlers.guides.shelf import GuideShelf
from handlers.intake.receive import Intake
from handlers.messages import InboundMessage, MessageKind, Receipt
from handlers.organisation.load import shipped
from handlers.records import Base
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.vault import Vault
from handlers.understanding.labels import Labels, Understanding
from tests.web_client import TestClient

PASSWORD = "回应-test-2026"
QUESTION = "请问高龄津贴怎么申请，需要什么材料？"
#: Who is at work, as :meth:`House.take_on` takes them: a section, and others of the house.
SECTION = {"zhang": Role.HEAD, "li": Role.OFFICER, "wang": Role.OFFICER}
OTHERS = {"office": (Role.OFFICE, "general_office"), "other": (Role.OFFICER, "finance")}
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class FrozenClock:
    """Stands still until it is told to go on."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, **span: float) -> None:
        self.at += timedelta(**span)


class UnderstandsNothing:
    """An understanding that leaves everything to a person."""

    model = "nothing"

    def read(self, text: str) -> Labels:
        return Labels(model=self.model)


class Receiver:
    """Takes messages and remembers them."""

    def __init__(self) -> None:
        self.messages: list[InboundMessage] = []

    async def __call__(self, message: InboundMessage) -> Receipt:
        self.messages.append(message)
        return Receipt("收到", "20261123-0001", "K7MR-2QXT")


def settings_of(**changes: Any) -> Settings:
    """Settings that are complete without any environment."""
    keys = dict.fromkeys(("secret_key", "data_key", "audit_key"), new_key())
    return Settings.of(**{"profile": "hohhot-2018", **keys, **changes})


@dataclass
class House:
    """What a page test works with."""

    services: Services
    clock: FrozenClock
    receiver: Receiver
    officers: dict[str, int] = field(default_factory=dict)
    written: int = 0

    def officer(self, login: str, role: Role = Role.OFFICER, section: str = "welfare", **more: Any) -> str:
        """Add an officer with the standard password; returns the sign-in name."""
        codes = {part.code for part in self.services.profile().sections}
        with self.services.core.database.write() as session:
            row, _ = officers.add(
                session,
                login=login,
                name=more.pop("name", login),
                role=role,
                section=section,
                sections=codes,
                now=self.clock(),
                password_hash=_hash(),
                **more,
            )
            self.officers[login] = row.id
        return login

    def take_on(self, **people: Role | tuple[Role, str] | tuple[Role, str, str]) -> Self:
        """Add officers by sign-in name: a role (of 福利科), with another section's code, with a name to be shown."""
        for login, given in people.items():
            role, section, name = (*(given if isinstance(given, tuple) else (given, "welfare")), login)[:3]
            self.officer(login, role, section, name=name)
        return self

    def write(self, text: str, sender: str = "o-one", channel: str = "wechat", **more: Any) -> str:
        """Let a citizen write through the real intake; returns the case's number."""
        self.written += 1
        message = InboundMessage(
            channel=channel,
            account="gh_test",
            external_id=f"{sender}:{self.written}",
            sender_id=sender,
            sent_at=self.clock(),
            received_at=self.clock(),
            kind=MessageKind.TEXT,
            text=text,
            **more,
        )
        return Intake(self.services.core).receive(message, self.clock()).number


@cache
def _hash() -> str:
    """The standard password, hashed once for all officers of a run: hashing is slow by design."""
    return passwords.hashed(PASSWORD)


@cache
def _empty() -> Path:
    """An empty database to copy: making sixty tables takes longer than most tests."""
    file = Path(tempfile.mkdtemp(prefix="huiying-test-")) / "empty.db"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    database = Database(f"sqlite:///{file}")
    Base.metadata.create_all(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


def build_house(folder: Path, understanding: Understanding | None = None, **changes: Any) -> House:
    """Build services over the database in ``folder``, an empty one if there is none; ``changes`` are settings."""
    settings = settings_of(**changes)
    if not (folder / "test.db").exists():  # a furnished one may lie there
        shutil.copyfile(_empty(), folder / "test.db")
    database = Database(f"sqlite:///{folder / 'test.db'}")
    clock, receiver, profile, calendar = FrozenClock(), Receiver(), shipped("hohhot-2018"), seed_calendar()
    core = Core(
        database=database,
        vault=Vault(*settings.data_keys),
        ledger=Ledger(settings.audit_key.get_secret_value()),
        profile=lambda: profile,
        calendar=lambda: calendar,
        understanding=understanding or UnderstandsNothing(),
        policy=Policy(understanding_seconds=60),  # on a busy machine reading the tables alone takes longer than allowed
        guides=GuideShelf(database, fresh_seconds=0),
    )
    accounts, files = Accounts(database, clock), AttachmentStore(folder)
    return House(
        Services(settings=settings, now=clock, core=core, receive=receiver, accounts=accounts, files=files),
        clock,
        receiver,
    )


def token_of(page: str) -> str:
    """Return the CSRF token of the first form of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form with a token"
    return found.group(1)


def submit(client: TestClient, page: str, to: str, data: Mapping[str, Any], **more: Any) -> Any:
    """Open ``page``, then post its form to ``to`` as a browser would."""
    token = token_of(client.get(page).text)
    return client.post(to, data={"csrf": token, **data}, follow_redirects=False, **more)


def sign_in(client: TestClient, login: str, password: str = PASSWORD) -> None:
    """Sign an officer in."""
    answer = submit(client, "/console/sign-in", "/console/sign-in", {"login": login, "password": password})
    assert answer.status_code == 303, answer.text
