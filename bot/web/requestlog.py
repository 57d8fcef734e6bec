"""One line and one measurement per request, naming the route but never the address asked for (it may hold a code)."""

from __future__ import annotations

import re
import secrets
import time
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("huiying.web")
_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics", "/static"})


class RequestLog:
    """ASGI middleware: request id, access log without personal data, Prometheus counters."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self.app = app
        names = ["method", "route", "status"]
        self.count = Counter("huiying_http_requests_total", "Requests answered", names, registry=registry)
        self.seconds = Histogram(
            "huiying_http_request_seconds",
            "Time to answer",
            ["route"],
            registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self._record(scope, status, time.perf_counter() - started, request_id)

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = _route(scope)
        self.count.labels(scope["method"], route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        if route not in _QUIET:
            # What pages ask every few seconds by themselves would bury what people did.
            unasked = scope["state"].get("by_itself") and status < 400
            (log.debug if unasked else log.info)(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
                request_id=request_id,
            )


def _route(scope: Scope) -> str:
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "(none)"))
