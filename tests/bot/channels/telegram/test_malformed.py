"""Bodies that no Telegram ever sent: a clear 400 or a stored message, never a fault of ours."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from starlette.applications import Starlette

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.channel import PATH
from tests.bot.channels.telegram.conftest import SECRET, FakeIntake
from tests.bot.channels.telegram.fake_bot_api import text_update
from tests.web_client import TestClient

_PERSON = {"id": 7, "is_bot": False, "first_name": "甲"}
_MEMBER = {"status": "member", "user": _PERSON}
_WHOLE: list[dict[str, Any]] = [
    text_update(1, "低保怎么申请"),
    text_update(2, "", caption="图", photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]),
    text_update(3, "", location={"latitude": 40.8, "longitude": 111.7}),
    text_update(4, "改过", edit_date=1795300001, entities=[{"type": "bold", "offset": 0, "length": 2}]),
    {
        "update_id": 5,
        "my_chat_member": {
            "chat": {"id": 7, "type": "private"}, "from": _PERSON, "date": 1795300000, "old_chat_member": _MEMBER,
            "new_chat_member": _MEMBER,
        },
    },
    {"update_id": 6, "callback_query": {"id": "1", "from": _PERSON, "chat_instance": "x", "data": "y"}},
]  # fmt: skip
_WRONG: list[Any] = [None, True, -1, 0, 2**70, 1.5, "", "x", "\ud800", "\x00", [], {}, [[]], [None], {"id": None}]


def _twisted(value: Any, dice: random.Random) -> Any:
    """Return ``value`` with some parts replaced by something impossible, dropped or doubled."""
    if dice.random() < 0.12:
        return dice.choice(_WRONG)
    if isinstance(value, dict):
        return {name: _twisted(part, dice) for name, part in value.items() if dice.random() > 0.05}
    if isinstance(value, list):
        return [_twisted(part, dice) for part in value] * dice.choice((1, 1, 2))
    return value


def bodies(count: int, seed: int) -> Iterator[bytes]:
    """Malformed bodies, the same ones for the same seed."""
    dice = random.Random(seed)
    for _ in range(count):
        body = json.dumps(_twisted(dice.choice(_WHOLE), dice)).encode()
        if dice.random() < 0.3:
            place = dice.randrange(len(body) + 1)
            body = body[:place] + dice.randbytes(dice.randrange(4)) + body[place + dice.randrange(4) :]
        yield body


def test_malformed_updates_are_refused_or_stored_and_never_a_fault(
    make: Callable[..., TelegramChannel], intake: FakeIntake
) -> None:
    channel = make(webhook_url="https://example.invalid" + PATH)
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    with TestClient(Starlette(routes=channel.routes(intake)), headers=headers) as client:
        statuses = {client.post(PATH, content=body).status_code for body in bodies(600, seed=1)}
    assert statuses == {200, 400}
    for message in intake.stored.values():
        assert (message.text.encode() and message.raw) or message.event
        json.loads(message.raw)
