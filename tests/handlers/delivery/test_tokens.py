"""The vendor's token: one for every process, one refresher, sealed at rest."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.delivery.tokens import DatabaseTokenStore
from handlers.errors import DeliveryError, Outcome
from handlers.records import ChannelToken
from handlers.records.database import Database
from handlers.records.vault import Vault, new_key


@dataclass
class Given:
    value: str
    expires_in: int = 7200


@dataclass
class Platform:
    """Gives tokens t1, t2 …; like the real one it gives the same again unless forced."""

    count: int = 0
    asked: list[bool] = field(default_factory=list)
    fault: DeliveryError | None = None

    def fetch(self, force: bool) -> Given:
        self.asked.append(force)
        if self.fault:
            raise self.fault
        if force or not self.count:
            self.count += 1
        return Given(f"t{self.count}")


@dataclass
class House:
    database: Database
    vault: Vault
    platform: Platform
    at: datetime

    def store(self) -> DatabaseTokenStore:
        return DatabaseTokenStore(
            self.database, self.vault, "wechat", "a", self.platform.fetch, lambda: self.at, pause=lambda _: None
        )


@pytest.fixture
def house(database: Database, now: datetime) -> House:
    return House(database, Vault(new_key()), Platform(), now)


def test_a_fetched_token_serves_every_process_until_shortly_before_it_ends(house: House) -> None:
    assert house.store().get() is None
    assert house.store().refresh(None) == "t1"
    assert house.store().get() == "t1"
    house.at += timedelta(seconds=7141)
    assert house.store().get() is None


def test_the_token_lies_sealed(house: House) -> None:
    house.store().refresh(None)
    with house.database.read() as session:
        kept = session.scalars(select(ChannelToken.value)).one()
        assert kept != "t1" and len(kept) > 20  # by chance the sealed text may hold these two letters


def test_a_refused_token_is_replaced_by_what_another_process_fetched_meanwhile(house: House) -> None:
    first, second = house.store(), house.store()
    first.refresh(None)
    first.refresh("t1")
    assert house.platform.asked == [False, False, True]
    assert second.refresh("t1") == "t2"
    assert len(house.platform.asked) == 3


def test_many_at_once_ask_the_platform_once(house: House) -> None:
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(house.store().refresh(None))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["t1"] * 6
    assert house.platform.asked == [False]


def test_a_platform_that_gives_none_leaves_the_lease_free_for_the_next(house: House) -> None:
    house.platform.fault = DeliveryError("没有", Outcome.RETRY)
    with pytest.raises(DeliveryError):
        house.store().refresh(None)
    house.platform.fault = None
    assert house.store().refresh(None) == "t1"


def test_a_refresher_that_died_is_replaced_after_its_lease(house: House) -> None:
    with house.database.write() as session:
        session.add(
            ChannelToken(channel="wechat", account="a", value="", refreshing_until=house.at + timedelta(seconds=30))
        )
    with pytest.raises(DeliveryError) as refused:
        house.store().refresh(None)
    assert refused.value.outcome is Outcome.RETRY
    house.at += timedelta(seconds=31)
    assert house.store().refresh(None) == "t1"
