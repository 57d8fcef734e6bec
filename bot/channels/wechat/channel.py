"""The WeChat official account as a channel: webhook routes, receipts, customer-service messages, media."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.routing import Route

from bot.channels.base import Capabilities, Now, Receive
from bot.channels.wechat.api import PlatformApi
from bot.channels.wechat.menu import publish
from bot.channels.wechat.parse import CODE
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
        """How many of the platform's messages ``content`` takes from the quota after one message of the citizen."""
        return len(split_text(_with_link(content)))

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Send ``content`` as customer-service messages, split at ≤ 600 characters and ≤ 2,048 bytes.

        Raises DeliveryError. When an earlier part has gone out, a later failure is always ``unknown`` and its text
        says which parts arrived: retrying the whole would send those again. A text that needs more parts than the
        platform allows after one message of the citizen is refused (``failed``) before anything is sent.
        """
        parts = split_text(_with_link(content))
        if not parts:
            raise DeliveryError("文本为空，没有发出。", Outcome.FAILED)
        if len(parts) > WINDOW_QUOTA:
            text = (
                f"答复需分 {len(parts)} 条发送，超过平台一次 {WINDOW_QUOTA} 条的上限，没有发出；请缩短或改用其他方式。"
            )
            raise DeliveryError(text, Outcome.FAILED, vendor_code="too_long")
        for done, part in enumerate(parts):
            self._send_part(to, part, done, len(parts))
        return Proof(note=f"errcode 0 × {len(parts)}")

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

    def _send_part(self, to: str, part: str, done: int, total: int) -> None:
        body = {"touser": to, "msgtype": "text", "text": {"content": part}}
        try:
            self._api.call("/cgi-bin/message/custom/send", body, self._tokens)
        except DeliveryError as fault:
            if not done:
                raise
            text = f"共 {total} 条，前 {done} 条已送出，第 {done + 1} 条未成功：{fault} 请人工核实后补发其余部分。"
            raise DeliveryError(text, Outcome.UNKNOWN, vendor_code=fault.vendor_code) from fault


def _with_link(content: OutboundContent) -> str:
    return f"{content.text}\n{content.link}" if content.link else content.text
