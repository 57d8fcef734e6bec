"""The WeChat official account as a channel: webhook routes, receipts, customer-service messages, media."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.routing import Route

from bot.channels.base import Capabilities, Now, Receive
from bot.channels.wechat.api import PlatformApi
from bot.channels.wechat.menu import publish
from bot.channels.wechat.notices import CALLS, send_notice
from bot.channels.wechat.parse import CODE
from bot.channels.wechat.parts import parts_now, whole_parts
from bot.channels.wechat.settings import WeChatSettings
from bot.channels.wechat.split import MAX_BYTES, split_text
from bot.channels.wechat.token import FetchToken, TokenStore
from bot.channels.wechat.webhook import Webhook
from handlers.errors import DeliveryError, Outcome
from handlers.messages import MediaRef, OutboundContent, Proof, Receipt

PATH: Final = "/webhooks/wechat"
WINDOW_HOURS: Final = 48
WINDOW_QUOTA: Final = 5
_CUT_SHORT = "……（内容较长，未能全部显示）"


class WeChatChannel:
    """One official account; see :class:`bot.channels.base.Channel` for the contract."""

    code = CODE

    def __init__(self, settings: WeChatSettings, now: Now, make_tokens: Callable[[FetchToken], TokenStore]) -> None:
        """``make_tokens`` builds the token store around the call that asks the platform for a token."""
        self._settings = settings
        self._now = now
        self._api = PlatformApi(settings, now)
        self._tokens = make_tokens(self._api.fetch_token)

    @property
    def account(self) -> str:
        return self._settings.account

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            longest_text=MAX_BYTES,
            longest_unit="bytes",
            can_push=self._settings.service_account and bool(self._settings.app_secret),
            window_hours=WINDOW_HOURS,
            window_quota=WINDOW_QUOTA,
            reply_seconds=5.0,
            notice_ways=tuple(CALLS) if self._settings.service_account and self._settings.app_secret else (),
        )

    def routes(self, receive: Receive, path: str = PATH) -> list[Route]:
        """Return the webhook's routes (GET check, POST messages); public, guarded by the platform's signature."""
        return Webhook(self._settings, self.acknowledge, receive, self._now).routes(path)

    def acknowledge(self, receipt: Receipt) -> OutboundContent | None:
        """Return the passive reply; a receipt longer than one message is cut at a sentence and says so."""
        if not receipt.text.strip():
            return None
        if len(receipt.text.encode()) <= MAX_BYTES:
            return OutboundContent(receipt.text)
        room = MAX_BYTES - len(_CUT_SHORT.encode())
        return OutboundContent(split_text(receipt.text, MAX_BYTES, room)[0] + _CUT_SHORT)

    def parts(self, content: OutboundContent) -> int:
        """How many of the platform's messages the whole of ``content`` takes."""
        return len(whole_parts(content))

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Send ``content`` as customer-service messages of ≤ 600 characters and ≤ 2,048 bytes, or its notice.

        Raises DeliveryError; ``parts_done`` then says how many of the messages went out before the one that failed.
        """
        if content.notice is not None:
            return send_notice(to, content, self._api, self._tokens)
        parts = parts_now(content)
        if not parts:
            raise DeliveryError("文本为空，没有发出。", Outcome.FAILED)
        for done, part in enumerate(parts):
            self._send_part(to, part, done, content.skip)
        return Proof(note=f"errcode 0 × {len(parts)}", parts=len(parts))

    def fetch(self, media: MediaRef) -> tuple[bytes, str]:
        """Fetch one file at once; the platform keeps it for three days. Raises DeliveryError."""
        if media.data is not None:
            return media.data, media.content_type
        if not re.fullmatch(r"[\w\-]{1,512}", media.reference):
            raise DeliveryError("这条消息没有可下载的文件。", Outcome.FAILED)
        data, content_type = self._api.download(media.reference, self._tokens)
        return data, content_type or media.content_type

    def publish_menu(self, menu: dict[str, object]) -> None:
        """Make ``menu`` (see :func:`bot.channels.wechat.menu.menu_definition`) the account's. Raises DeliveryError."""
        publish(menu, self._api, self._tokens)

    def close(self) -> None:
        self._api.close()

    def _send_part(self, to: str, part: str, done: int, skip: int) -> None:
        body = {"touser": to, "msgtype": "text", "text": {"content": part}}
        try:
            self._api.call("/cgi-bin/message/custom/send", body, self._tokens)
        except DeliveryError as fault:
            if not done:
                raise
            text = f"前 {skip + done} 条已送出，第 {skip + done + 1} 条未成功：{fault}"
            raise DeliveryError(
                text, fault.outcome, retry_at=fault.retry_at, vendor_code=fault.vendor_code, parts_done=done
            ) from fault
