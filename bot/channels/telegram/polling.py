"""Asking Telegram for updates, for bureaus without a public address; an update is let go once it is stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import TelegramError

from bot.channels.base import Now, Receive
from bot.channels.telegram.client import Client
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.updates import WANTED, Arrived, read_update
from handlers.errors import BadWebhook
from handlers.messages import Receipt

_log = logging.getLogger(__name__)

#: Sends what answers an update; never raises.
Answer = Callable[[Arrived, Receipt], Awaitable[None]]


class Poller:
    """One poll loop over one bot. Two at once are told 409 by Telegram; the later one then waits."""

    def __init__(self, settings: TelegramSettings, client: Client, receive: Receive, answer: Answer, now: Now) -> None:
        self._settings = settings
        self._client = client
        self._receive = receive
        self._answer = answer
        self._now = now
        self._offset = 0
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll until cancelled; a failure only makes the next try later."""
        wait = self._settings.retry_first
        try:
            while True:
                if await self._round():
                    wait = self._settings.retry_first
                else:
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, self._settings.retry_longest)
        finally:
            if self._answers:
                await asyncio.wait(self._answers, timeout=5)

    async def _round(self) -> bool:
        """Fetch and store one batch; False when something failed and the next try should wait."""
        try:
            batch = await self._fetch()
        except (TelegramError, TypeError) as fault:
            _log.warning("telegram: asking for updates failed (%s)", type(fault).__name__)
            return False
        for data in batch:
            if not await self._take(data):
                return False
        return True

    async def _fetch(self) -> list[Any]:
        # Undecoded on purpose: the library decodes a batch as one, so that one bad update would block all others. The
        # name has a second underscore because the library warns about names that it has a method for.
        found = await self._client.bot.do_api_request(
            "get__updates",
            api_kwargs={
                "offset": self._offset, "timeout": self._settings.poll_seconds, "allowed_updates": list(WANTED),
            },
            read_timeout=self._settings.poll_seconds + self._settings.answer_seconds,
        )  # fmt: skip
        if not isinstance(found, list):
            raise TypeError("getUpdates gave no list")
        return found

    async def _take(self, data: Any) -> bool:
        """Store one update and move the offset past it; False when it must be asked for again."""
        try:
            arrived = read_update(data, self._settings.account, self._now())
        except BadWebhook as fault:
            return self._pass_over(data, fault)
        try:
            receipt = await self._receive(arrived.message)
        except Exception as fault:  # whatever it was, the update is not stored: it must come again
            _log.error("telegram: storing an update raised %s", type(fault).__name__)
            return False
        self._offset = max(self._offset, int(arrived.message.external_id) + 1)
        task = asyncio.ensure_future(self._answer(arrived, receipt))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
        return True

    def _pass_over(self, data: Any, fault: BadWebhook) -> bool:
        """Let an unreadable update go, as the webhook does with 400; without a number it cannot be let go."""
        number = data.get("update_id") if isinstance(data, dict) else None
        _log.error("telegram: an update cannot be read and is passed over: %s", fault)
        if type(number) is not int:
            return False
        self._offset = max(self._offset, number + 1)
        return True
