"""Which channels are open by the settings: to citizens, to staff; built once by the wiring."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel, TelegramSettings
from bot.channels.telegram.answer import WITHHELD
from bot.channels.telegram.channel import PATH as TELEGRAM_PATH
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.settings import Mode, WeChatSettings
from bot.channels.wecom import WeComChannel, WeComSettings
from bot.settings import Settings
from handlers.core import ProfileSource
from handlers.delivery.tokens import DatabaseTokenStore
from handlers.organisation.wording import render
from handlers.records.database import Database
from handlers.records.vault import Vault

_REACH_FRESH: Final = 30.0  # seconds for which "somebody of the duty roster can be reached" is believed


@dataclass(frozen=True, slots=True)
class Doors:
    """``citizens`` take messages in, ``staff`` maps the codes of alert channels to their account."""

    channels: tuple[Channel, ...]
    citizens: tuple[Channel, ...]
    staff: Mapping[str, str]

    @property
    def senders(self) -> dict[tuple[str, str], Any]:
        """Every channel by (code, account), as the outbox asks for it."""
        return {(channel.code, channel.account): channel for channel in self.channels}


def build_channels(
    settings: Settings, database: Database, vault: Vault, profile: ProfileSource, now: Callable[[], datetime]
) -> Doors:
    """Build every channel that the settings open."""

    def tokens(channel: str, account: str) -> Any:
        return lambda fetch: DatabaseTokenStore(database, vault, channel, account, fetch, now)

    citizens: list[Channel] = []
    staff: dict[str, str] = {}
    others: list[Channel] = []
    if settings.wechat_token.get_secret_value():
        wechat = wechat_settings(settings)
        citizens.append(WeChatChannel(wechat, now, tokens("wechat", wechat.account)))
    if settings.telegram_token.get_secret_value():
        telegram = TelegramChannel(
            telegram_settings(settings), now, partial(_say, settings, profile), lambda: _own_phones(profile)
        )
        citizens.append(telegram)
        staff[telegram.code] = telegram.account
    if settings.wecom_corp_id:
        wecom = WeComChannel(wecom_settings(settings), now, tokens("wecom", settings.wecom_corp_id))
        others.append(wecom)
        staff[wecom.code] = wecom.account
    return Doors((*citizens, *others), tuple(citizens), staff)


def wechat_settings(settings: Settings) -> WeChatSettings:
    """The official account's settings as its channel takes them."""
    return WeChatSettings(
        token=settings.wechat_token.get_secret_value(),
        app_id=settings.wechat_app_id,
        app_secret=settings.wechat_app_secret.get_secret_value(),
        encoding_aes_key=settings.wechat_aes_key.get_secret_value(),
        account=settings.wechat_account,
        mode=Mode(settings.wechat_mode),
        service_account=settings.wechat_account_kind == "service",
        api_base=settings.wechat_api_base,
    )


def telegram_settings(settings: Settings) -> TelegramSettings:
    """The bot's settings as its channel takes them."""
    webhook = f"{settings.base_url}{TELEGRAM_PATH}" if settings.telegram_mode == "webhook" else ""
    return TelegramSettings(
        token=settings.telegram_token.get_secret_value(),
        secret=settings.telegram_secret.get_secret_value(),
        webhook_url=webhook,
        api_base=settings.telegram_api_base,
        proxy=settings.telegram_proxy,
    )


def wecom_settings(settings: Settings) -> WeComSettings:
    """WeCom's settings as its channel takes them."""
    return WeComSettings(
        corp_id=settings.wecom_corp_id,
        agent_id=settings.wecom_agent_id,
        secret=settings.wecom_secret.get_secret_value(),
        api_base=settings.wecom_api_base,
    )


def kept_for_a_while(question: Callable[[], bool]) -> Callable[[], bool]:
    """Keep the answer to ``question`` for half a minute: it is asked for every urgent message."""
    known: list[tuple[float, bool]] = []

    def answer() -> bool:
        if not known or time.monotonic() - known[-1][0] > _REACH_FRESH:
            known[:] = [(time.monotonic(), question())]
        return known[-1][1]

    return answer


def _say(settings: Settings, profile: ProfileSource, key: str) -> str:
    """One of the texts ``telegram_*``: each points to a page of ours, which lies in the country."""
    page = "progress" if key == WITHHELD else "write"
    return render(profile(), key, link=f"{settings.base_url}/{page}")


def _own_phones(profile: ProfileSource) -> list[str]:
    house = profile()
    return [house.phone, house.duty_phone, *(s.phone for s in house.sections), *(u.phone for u in house.units)]
