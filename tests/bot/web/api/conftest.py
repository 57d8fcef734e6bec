"""A client of the interface with a key of its own, and another platform's key beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.web.app import create_app
from handlers.accounts.api_keys import create_api_key
from tests.bot.web.live import LiveHouse, build_live
from tests.web_client import TestClient


@dataclass
class Platform:
    """One platform that calls the interface."""

    client: TestClient
    key: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"} | more

    def send(self, idempotency_key: str = "k-1", text: str = "高龄津贴怎么申请？", **more: Any) -> Any:
        headers = self.headers(**{"idempotency-key": idempotency_key, "content-type": "application/json"})
        return self.client.post("/api/v1/messages", content=json.dumps({"text": text, **more}), headers=headers)

    def get(self, path: str, **parameters: Any) -> Any:
        return self.client.get(f"/api/v1{path}", params=parameters, headers=self.headers())

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers())


@pytest.fixture
def live(tmp_path: Path) -> LiveHouse:
    return build_live(tmp_path)


@pytest.fixture
def client(live: LiveHouse) -> Iterator[TestClient]:
    with TestClient(create_app(live.services)) as client:
        yield client


def platform(live: LiveHouse, client: TestClient, account: str, source: str = "rest") -> Platform:
    with live.services.core.database.write() as session:
        return Platform(client, create_api_key(session, account, account, live.clock(), source))


@pytest.fixture
def app(live: LiveHouse, client: TestClient) -> Platform:
    return platform(live, client, "citizen-app")


@pytest.fixture
def hotline(live: LiveHouse, client: TestClient) -> Platform:
    return platform(live, client, "hotline", "hotline_12345")
