"""Fixtures of the page tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.web.app import create_app
from handlers.accounts import passwords
from tests.bot.web.house import House, build_house, sign_in
from tests.web_client import TestClient


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash as quickly as the library can: hundreds of sign-ins would each take what argon2id is meant to take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.services), base_url="http://testserver") as client:
        yield client


@pytest.fixture
def enter(house: House) -> Iterator[Callable[..., TestClient]]:
    """Give a client of the house in which somebody is signed in, or nobody."""
    app = create_app(house.services)
    with ExitStack() as opened:

        def enter_as(login: str = "") -> TestClient:
            client = opened.enter_context(TestClient(app))
            if login:
                sign_in(client, login)
            return client

        yield enter_as
