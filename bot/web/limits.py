"""Bounds on what one address may send: token buckets for tries, and a cap on the size of a body."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from bot.web import client
from handlers.errors import RateLimited

_KEPT: Final = 50_000  # buckets; the oldest is dropped, so that memory stays flat


class Limiter:
    """Token buckets in this process, by rule and key. ``clock`` is monotonic seconds (tests hand in their own)."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._rules: dict[str, tuple[int, float]] = {
            "write": (settings.rate_writes_per_hour, 3600.0),
            "lookup": (settings.rate_lookups_per_minute, 60.0),
            "sign_in": (settings.rate_sign_ins_per_minute, 60.0),
            "api": (settings.rate_api_per_minute, 60.0),
            "page": (settings.rate_pages_per_minute, 60.0),
        }
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, rule: str, key: str) -> None:
        """Take one token. Raises RateLimited with the seconds until the next one."""
        size, period = self._rules[rule]
        per_second = size / period
        with self._lock:
            now = self._clock()
            tokens, seen = self._buckets.pop((rule, key), (float(size), now))
            tokens = min(float(size), tokens + (now - seen) * per_second)
            allowed = tokens >= 1
            self._buckets[(rule, key)] = (tokens - 1 if allowed else tokens, now)
            while len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)
        if not allowed:
            wait = max(1, math.ceil((1 - tokens) / per_second))
            raise RateLimited(f"操作太频繁，请 {_spoken(wait)}后再试。", wait)


def _spoken(seconds: int) -> str:
    return f"{seconds} 秒" if seconds < 90 else f"{math.ceil(seconds / 60)} 分钟"


class _Limited:
    def __init__(self, rule: str) -> None:
        self.rule = rule

    def __call__(self, request: Request) -> None:
        services = request.app.state.services
        who = client.address(request, services.settings.trusted_proxies)
        request.app.state.limiter.take(self.rule, who)


def limited(rule: str) -> Any:
    """Dependency: one token of ``rule`` (write, lookup, sign_in, api, page) per request and address."""
    return Depends(_Limited(rule))


class BodyCap:
    """ASGI middleware: refuses a body above the cap of its kind with 413, counted while it streams."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.small = settings.body_kib * 1024
        self.large = settings.upload_mib * 1024 * 1024

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        cap = self._cap(request)
        declared = request.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared) > cap:
            await _too_large(cap)(scope, receive, send)
            return
        seen, started = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > cap:
                raise _Overrun
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except _Overrun:
            if not started:
                await _too_large(cap)(scope, receive, send)

    def _cap(self, request: Request) -> int:
        is_upload = request.headers.get("content-type", "").lower().startswith("multipart/form-data")
        return self.large if is_upload or request.url.path.startswith("/api/") else self.small


class _Overrun(BaseException):
    """Not an Exception, so that no parser on the way takes it for a fault of its own."""


def _too_large(cap: int) -> PlainTextResponse:
    shown = f"{cap // (1024 * 1024)} MB" if cap >= 1024 * 1024 else f"{cap // 1024} KB"
    return PlainTextResponse(f"内容太大，最多 {shown}。请减少文字或附件后再提交。", 413)
