"""The real webhook routes over a receive that remembers, driven in process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.channels.wechat import MemoryTokenStore, Mode, WeChatChannel, WeChatSettings
from handlers.messages import InboundMessage, Receipt
from tests.web_client import TestClient

SETTINGS = WeChatSettings(
    token="a-token",
    app_id="wx0123456789abcdef",
    app_secret="a-secret",
    encoding_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    account="gh_1",
    service_account=True,
    connect_seconds=1,
    answer_seconds=1,
)
PATH = "/webhooks/wechat"


@dataclass
class Desk:
    """Stands where intake stands: takes messages, gives the receipt it was told to give."""

    receipt: Receipt = field(default_factory=lambda: Receipt("您好，留言已收到，编号 20261123-0001。", "20261123-0001"))
    fault: Exception | None = None
    gate: asyncio.Event | None = None
    messages: list[InboundMessage] = field(default_factory=list)

    async def receive(self, message: InboundMessage) -> Receipt:
        self.messages.append(message)
        if self.fault:
            raise self.fault
        if self.gate:
            await self.gate.wait()
        return self.receipt


@dataclass
class Door:
    """One account's webhook and how to knock at it."""

    settings: WeChatSettings
    desk: Desk
    client: Any

    def post(self, query: dict[str, str], body: bytes) -> Any:
        return self.client.post(PATH, params=query, content=body)

    @property
    def message(self) -> InboundMessage:
        assert len(self.desk.messages) == 1
        return self.desk.messages[0]


def channel(settings: WeChatSettings, now: datetime) -> WeChatChannel:
    return WeChatChannel(settings, lambda: now, lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))


@pytest.fixture
def door(now: datetime) -> Callable[..., Door]:
    """Builds a webhook in the mode asked for; safe by default."""

    def build(mode: Mode = Mode.SAFE, **changes: Any) -> Door:
        settings, desk = replace(SETTINGS, mode=mode, **changes), Desk()
        app = Starlette(routes=list(channel(settings, now).routes(desk.receive)))
        return Door(settings, desk, TestClient(app, raise_server_exceptions=True))

    return build
