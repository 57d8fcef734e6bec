"""Making ourselves known to Telegram, in the background: it may be out of reach when the program starts."""

from __future__ import annotations

import asyncio
import logging

import telegram
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.client import Client
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.updates import COMMANDS, WANTED

_log = logging.getLogger(__name__)


class Setup:
    """``trouble`` says what is wrong and how to mend it, ``""`` once everything is set up; ``name`` is the bot's."""

    def __init__(self, settings: TelegramSettings, client: Client) -> None:
        self._settings = settings
        self._client = client
        self.name = ""
        self.trouble = "Telegram 还没有连上，正在后台重试。"

    async def run(self) -> None:
        """Try until it is done, waiting longer each time."""
        wait = self._settings.retry_first
        while self.trouble:
            try:
                await self._once()
            except (TelegramError, RuntimeError) as fault:
                # The type alone: the library's text repeats the token.
                _log.warning("telegram: not set up yet (%s), next try in %.0f s", type(fault).__name__, wait)
                self.trouble = _in_words(fault)
                await asyncio.sleep(wait)
                wait = min(wait * 2, self._settings.retry_longest)
            else:
                self.trouble = ""
                _log.info("telegram: set up as @%s", self.name)

    async def _once(self) -> None:
        bot = self._client.bot
        await bot.initialize()
        self.name = bot.username
        await bot.set_my_commands(
            [telegram.BotCommand(command, shown) for command, (_, shown) in COMMANDS.items()],
            scope=telegram.BotCommandScopeAllPrivateChats(),
        )
        if self._settings.polling:
            await bot.delete_webhook(drop_pending_updates=False)
            return
        await bot.set_webhook(
            self._settings.webhook_url,
            secret_token=self._settings.secret,
            allowed_updates=list(WANTED),
            max_connections=40,
            drop_pending_updates=False,
        )


def _in_words(fault: Exception) -> str:
    if isinstance(fault, InvalidToken):
        return "Telegram 不认这个令牌，请核对设置 HUIYING_TELEGRAM_TOKEN。"
    return "连不上 Telegram，正在后台重试；请检查网络，必要时设置 HUIYING_TELEGRAM_PROXY。"
