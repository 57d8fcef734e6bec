"""Telegram as a channel: webhook or polling in, receipts and answers without personal data out.

个人信息保护法 36 requires state organs to keep personal information in the country. So the channel is off unless it is
configured, takes no files and no identity numbers, sends no personal numbers, and points to the domestic web form.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Final

from starlette.routing import Route

from bot.channels.base import Capabilities, Now, Receive
from bot.channels.telegram.answer import Answers, Say
from bot.channels.telegram.client import Client
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.setup import Setup
from bot.channels.telegram.split import LONGEST
from bot.channels.telegram.updates import CODE, Arrived
from bot.channels.telegram.webhook import Webhook
from handlers.errors import DeliveryError, Outcome
from handlers.messages import MediaRef, OutboundContent, Proof, Receipt

_log = logging.getLogger(__name__)

PATH: Final = "/webhooks/telegram"
_TRIES: Final = 3  # of answering an update that was polled


class TelegramChannel:
    """One bot; see :class:`bot.channels.base.Channel` for the contract.

    ``say`` gives the profile's texts ``telegram_*`` by key; ``own_phones`` the bureau's numbers. The process that
    takes updates calls :meth:`start` and :meth:`stop` in its event loop; one that only sends needs neither.
    """

    code = CODE

    def __init__(
        self,
        settings: TelegramSettings,
        now: Now,
        say: Say,
        own_phones: Callable[[], Iterable[str]] = tuple,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._now = now
        self._answers = Answers(say, own_phones)
        self._sender = Sender(settings, now, pace or Pace(), self._answers.personal, sleep)
        self._client: Client | None = None
        self._setup: Setup | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def account(self) -> str:
        return self._settings.account

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            longest_text=LONGEST,
            longest_unit="characters",
            can_push=True,
            reply_seconds=self._settings.answer_within,
        )

    @property
    def trouble(self) -> str:
        """What is wrong with the connection and how to mend it; ``""`` when it works or was not started here."""
        return self._setup.trouble if self._setup else ""

    def routes(self, receive: Receive, path: str = PATH) -> list[Route]:
        """Return the webhook's route, public and guarded by the secret; none when polling."""
        if self._settings.polling:
            return []
        return Webhook(self._settings, self._answers, receive, self._now).routes(path)

    async def start(self, receive: Receive) -> None:
        """Set the bot up in the background and, when polling, begin to ask for updates. Returns at once."""
        self._client = Client(self._settings)
        self._setup = Setup(self._settings, self._client)
        self._tasks = [asyncio.create_task(self._run(self._setup, self._client, receive))]

    async def stop(self) -> None:
        """End the background work; what is stored is stored, the rest Telegram keeps for us."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
        self._tasks, self._client, self._setup = [], None, None

    def acknowledge(self, receipt: Receipt) -> OutboundContent | None:
        """Return what goes back for the update: in the webhook's response, or sent by the poll loop."""
        text = self._answers.receipt(receipt)
        return OutboundContent(text) if text else None

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Send ``content`` to the chat ``to``, split at 4,096 characters. Raises DeliveryError.

        A text with an identity, mobile or bank card number that is not the bureau's is refused (``failed``).
        """
        return self._sender.send(to, content)

    def fetch(self, media: MediaRef) -> tuple[bytes, str]:
        """Refuse: no file is taken over Telegram, so there is never one to fetch."""
        raise DeliveryError("Telegram 渠道不收附件。", Outcome.FAILED)

    def close(self) -> None:
        """Close the sender's connections."""
        self._sender.close()

    async def _run(self, setup: Setup, client: Client, receive: Receive) -> None:
        await setup.run()
        if self._settings.polling:
            await Poller(self._settings, client, receive, self._answer, self._now).run()

    async def _answer(self, arrived: Arrived, receipt: Receipt) -> None:
        text = self._answers.whole(arrived, receipt) if arrived.chat else ""
        for _ in range(_TRIES if text else 0):
            try:
                await asyncio.to_thread(self._sender.send, str(arrived.chat), OutboundContent(text))
                return
            except DeliveryError as fault:
                _log.warning("telegram: a receipt was not sent (%s %s)", fault.outcome.value, fault.vendor_code)
                if fault.outcome is not Outcome.RETRY:
                    return
                wait = (fault.retry_at - self._now()).total_seconds() if fault.retry_at else 0.0
                await asyncio.sleep(min(max(wait, 0.0), self._settings.retry_longest))
