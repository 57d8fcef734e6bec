"""One specimen per channel for the contract test: how to build it, and how its vendor behaves over real HTTP.

A new channel adds a function here and its line to SPECIMENS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.routing import BaseRoute

from bot.channels.base import Channel, Receive
from bot.channels.rest import RestChannel
from bot.channels.telegram import TelegramChannel, TelegramSettings
from bot.channels.telegram.channel import PATH as TELEGRAM_PATH
from bot.channels.telegram.webhook import SECRET_HEADER
from bot.channels.web_form import WebFormChannel
from bot.channels.wechat import MemoryTokenStore, WeChatChannel
from bot.channels.wecom import WeComChannel, WeComSettings
from tests.bot.channels.wechat.conftest import PATH, SETTINGS
from tests.bot.channels.wechat.messages import text
from tests.peers.vendor import Answer, Vendor
from tests.peers.werobot_peer import sealed


@dataclass(frozen=True)
class Knock:
    """One webhook request. ``headers`` only where the platform proves itself by them."""

    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Specimen:
    """``send_path`` is where the vendor takes texts; ``said`` reads the words out of what it was sent.

    ``pushes`` is false for a channel that can only be read. ``refusal`` is the vendor's refusal for good. ``routes``
    and ``knock`` are ``None`` for a channel that takes nothing in; ``knock(words, number, now)`` builds message
    ``number``.
    """

    build: Callable[[str, datetime], Channel]
    send_path: str = ""
    ready: dict[str, Answer] = field(default_factory=dict)
    accepted: Answer = field(default_factory=Answer)
    refusal: Answer = field(default_factory=Answer)
    said: Callable[[bytes], str] = bytes.decode
    to: str = "somebody"
    pushes: bool = True
    routes: Callable[[Channel, Receive], Sequence[BaseRoute]] | None = None
    knock: Callable[[str, int, datetime], Knock] | None = None

    def prepare(self, vendor: Vendor, sending: Answer) -> None:
        for path, answer in self.ready.items():
            vendor.answers[path] = [answer]
        vendor.answers[self.send_path] = [sending]


def wechat() -> Specimen:
    def build(base: str, now: datetime) -> Channel:
        settings = replace(SETTINGS, api_base=base)
        return WeChatChannel(settings, lambda: now, lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))

    def routes(channel: Any, receive: Receive) -> Sequence[BaseRoute]:
        return list(channel.routes(receive))

    def knock(words: str, number: int, now: datetime) -> Knock:
        query, body = sealed(SETTINGS, text(f"<![CDATA[{words}]]>").replace("42", str(number)), now)
        return Knock(PATH, query, body, {})

    return Specimen(
        build,
        "/cgi-bin/message/custom/send",
        {"/cgi-bin/stable_token": Answer.of(access_token="T", expires_in=7200)},
        Answer.of(errcode=0, errmsg="ok"),
        Answer.of(errcode=40003, errmsg="invalid openid"),
        lambda body: str(json.loads(body)["text"]["content"]),
        routes=routes,
        knock=knock,
    )


def wecom() -> Specimen:
    def build(base: str, now: datetime) -> Channel:
        settings = WeComSettings("corp", "1000002", "secret", base, connect_seconds=1, answer_seconds=1)
        return WeComChannel(settings, lambda: now, lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))  # type: ignore[arg-type]

    return Specimen(
        build,
        "/cgi-bin/message/send",
        {"/cgi-bin/gettoken": Answer.of(errcode=0, errmsg="ok", access_token="T", expires_in=7200)},
        Answer.of(errcode=0, errmsg="ok", msgid="m1"),
        Answer.of(errcode=81013, errmsg="user not found"),
        lambda body: str(json.loads(body)["text"]["content"]),
    )


def telegram() -> Specimen:
    token, secret = "123456:" + "A" * 35, "a-secret-word"
    chat = {"id": 4242, "type": "private"}

    def build(base: str, now: datetime) -> Channel:
        settings = TelegramSettings(
            token, secret=secret, webhook_url="https://example.invalid" + TELEGRAM_PATH, api_base=base
        )
        return TelegramChannel(settings, lambda: now, lambda key: key, sleep=lambda seconds: None)

    def routes(channel: Any, receive: Receive) -> Sequence[BaseRoute]:
        return list(channel.routes(receive))

    def knock(words: str, number: int, now: datetime) -> Knock:
        message = {"message_id": number, "date": int(now.timestamp()), "chat": chat, "text": words}
        body = json.dumps({"update_id": number, "message": message}).encode()
        return Knock(TELEGRAM_PATH, {}, body, {SECRET_HEADER: secret})

    return Specimen(
        build,
        f"/bot{token}/sendMessage",
        {},
        Answer.of(ok=True, result={"message_id": 1, "date": 1795300000, "chat": chat}),
        replace(Answer.of(ok=False, error_code=403, description="Forbidden: bot was blocked by the user"), status=403),
        lambda body: parse_qs(body.decode())["text"][0],
        to="4242",
        routes=routes,
        knock=knock,
    )


def _read_only(build: Callable[[], Channel]) -> Specimen:
    return Specimen(lambda _base, _now: build(), pushes=False)


SPECIMENS: dict[str, Callable[[], Specimen]] = {
    "wechat": wechat,
    "wecom": wecom,
    "telegram": telegram,
    "web": lambda: _read_only(WebFormChannel),
    "rest": lambda: _read_only(lambda: RestChannel("citizen-app")),
}
