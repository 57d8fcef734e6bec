"""The channel between a fake Bot API and a fake intake; time stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel, TelegramSettings
from bot.channels.telegram.pace import Pace
from handlers.errors import IntakeUnavailable
from handlers.messages import InboundMessage, Receipt
from tests.bot.channels.telegram.fake_bot_api import FakeBotApi, running

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SECRET = "a-secret-word"
TOKEN = "123456:" + "A" * 35


class FakeIntake:
    """Stores messages in a list, once each; ``away`` counts how often it is not to be reached first."""

    def __init__(self) -> None:
        self.stored: dict[str, InboundMessage] = {}
        self.away = 0
        self.tries = 0

    async def __call__(self, message: InboundMessage) -> Receipt:
        self.tries += 1
        if self.away:
            self.away -= 1
            raise IntakeUnavailable("The database is away.")
        repeated = message.external_id in self.stored
        self.stored.setdefault(message.external_id, message)
        if message.event:
            return Receipt("", repeated=repeated)
        return Receipt("您好，留言已收到，编号 20261122-0007。", "20261122-0007", "K7MR-2QXT", repeated)


def say(key: str) -> str:
    return f"〔{key}〕请用 https://example.invalid/write"


@pytest.fixture(scope="module")
def api_server() -> Iterator[FakeBotApi]:
    with running() as found:
        yield found


@pytest.fixture
def api(api_server: FakeBotApi) -> FakeBotApi:
    for kept in (api_server.scripted, api_server.updates, api_server.sent, api_server.calls):
        kept.clear()
    return api_server


@pytest.fixture
def intake() -> FakeIntake:
    return FakeIntake()


@pytest.fixture
def make(api: FakeBotApi) -> Iterator[Callable[..., TelegramChannel]]:
    """Build channels against the fake server; they are closed at the end."""
    made: list[TelegramChannel] = []

    def build(waits: list[float] | None = None, clock: Callable[[], float] | None = None, **settings: Any) -> Any:
        given = {
            "api_base": api.url,
            "secret": SECRET,
            "retry_first": 0.01,
            "poll_seconds": 0,
            "answer_seconds": 2.0,
        } | settings
        chosen = TelegramSettings(TOKEN, **given)
        sleep = (waits if waits is not None else []).append
        pace = Pace(clock) if clock else Pace()
        made.append(TelegramChannel(chosen, lambda: NOW, say, lambda: ("13800001111",), pace=pace, sleep=sleep))
        return made[-1]

    yield build
    for channel in made:
        channel.close()
