"""Sending one text to one chat: at Telegram's pace, in parts, with proof or a truthful error."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import telegram

from bot.channels.base import Now
from bot.channels.telegram.client import Client, LoopThread
from bot.channels.telegram.errors import delivery_error
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.split import parts
from handlers.errors import DeliveryError, Outcome
from handlers.messages import OutboundContent, Proof

_NO_PREVIEW = telegram.LinkPreviewOptions(is_disabled=True)


class Sender:
    """Blocking, for any number of threads. Builds its loop at the first text; ``sleep`` is handed in for tests."""

    def __init__(
        self,
        settings: TelegramSettings,
        now: Now,
        pace: Pace,
        personal: Callable[[str], bool],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._now = now
        self._pace = pace
        self._personal = personal
        self._sleep = sleep
        self._lock = threading.Lock()
        self._loop: LoopThread | None = None
        self._client: Client | None = None

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Send every part in order. Raises DeliveryError; once a part has gone out a failure is ``unknown``."""
        pieces = parts(f"{content.text}\n{content.link}" if content.link else content.text)
        self._screen(to, content.text, pieces)
        sent: list[str] = []
        for piece in pieces:
            try:
                self._wait(to, patience=self._settings.patience * (6 if sent else 1))
                sent.append(str(self._send(to, piece)))
            except DeliveryError as fault:
                if not sent:
                    raise
                text = f"共 {len(pieces)} 条，前 {len(sent)} 条已送出，其余未成功：{fault} 请人工核实后补发。"
                raise DeliveryError(text, Outcome.UNKNOWN, vendor_code=fault.vendor_code) from fault
        return Proof(vendor_id=",".join(sent), note=f"message_id × {len(sent)}")

    def close(self) -> None:
        """Close connections and loop; a later text builds them anew."""
        with self._lock:
            if self._loop is not None and self._client is not None:
                self._loop.run(self._client.close())
                self._loop.close()
            self._loop = self._client = None

    def _screen(self, to: str, text: str, pieces: list[str]) -> None:
        if not pieces:
            raise DeliveryError("文本为空，没有发出。", Outcome.FAILED)
        if not to.removeprefix("-").isdecimal():
            raise DeliveryError("收信人不是 Telegram 会话号，没有发出。", Outcome.FAILED, vendor_code="chat")
        if self._personal(text):
            raise DeliveryError(
                "文中有身份证号、手机号或银行卡号，依个人信息保护法第三十六条不能经境外平台发送，没有发出；"
                "请删去后重发，或改用电话、网页等方式答复。",
                Outcome.FAILED,
                vendor_code="personal_data",
            )

    def _wait(self, to: str, patience: float) -> None:
        seconds, taken = self._pace.turn(to, patience)
        if not taken:
            retry_at = self._now() + timedelta(seconds=seconds)
            raise DeliveryError("Telegram 的发送速率已满，稍后自动重试。", Outcome.RETRY, retry_at=retry_at)
        if seconds > 0:
            self._sleep(seconds)

    def _send(self, to: str, text: str) -> int:
        loop, client = self._built()
        try:
            message = loop.run(client.bot.send_message(int(to), text, link_preview_options=_NO_PREVIEW))
            return message.message_id
        except Exception as fault:  # the library can raise anything on a broken answer
            error = delivery_error(fault, self._now())
            if error.retry_at is not None and error.vendor_code == "429":
                self._pace.hold(to, (error.retry_at - self._now()).total_seconds())
            raise error from fault

    def _built(self) -> tuple[LoopThread, Client]:
        with self._lock:
            if self._loop is None or self._client is None:
                self._loop, self._client = LoopThread(), Client(self._settings)
            return self._loop, self._client
