"""Fixtures of the page tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.web.app import create_app
from tests.bot.web.house import House, build_house
from tests.web_client import TestClient


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.services), base_url="http://testserver") as client:
        yield client
