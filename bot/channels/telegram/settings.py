"""What the Telegram channel needs to know, handed in by the wiring."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from handlers.errors import SettingFault

_TOKEN: Final = re.compile(r"(\d{5,20}):[A-Za-z0-9_-]{20,100}")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One bot. Its numeric id, the first half of the token, is the account's name in our records.

    ``webhook_url`` is the public address of our webhook; empty means polling. Times are in seconds, sizes in bytes.
    ``patience`` is how long a sender waits for its turn before it is told to come back.
    """

    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    webhook_url: str = ""
    api_base: str = "https://api.telegram.org"
    proxy: str = ""
    body_cap: int = 256 * 1024
    connect_seconds: float = 5.0
    answer_seconds: float = 15.0
    poll_seconds: int = 25
    answer_within: float = 20.0
    retry_first: float = 2.0
    retry_longest: float = 300.0
    patience: float = 5.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "api_base", self.api_base.rstrip("/"))
        if not _TOKEN.fullmatch(self.token):
            raise SettingFault(
                "HUIYING_TELEGRAM_TOKEN is wrong; put there the token that @BotFather gave (123456:ABC…)"
            )
        if self.webhook_url and not _SECRET.fullmatch(self.secret):
            raise SettingFault(
                "HUIYING_TELEGRAM_SECRET is empty or wrong; put there a random word of letters, digits, _ and -"
            )

    @property
    def account(self) -> str:
        """The bot's numeric id."""
        return self.token.partition(":")[0]

    @property
    def polling(self) -> bool:
        """Whether we ask for updates instead of being told."""
        return not self.webhook_url
