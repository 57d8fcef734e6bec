"""The security headers of every answer."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP: Final = (
    "default-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), payment=(), usb=()",
}


class SecurityHeaders:
    """ASGI middleware: adds what an answer does not say itself; pages are never stored by caches."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", _caching(scope, message["status"]))
                if self.https:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                    message["headers"] = [_secured(*header) for header in message["headers"]]
            await send(message)

        await self.app(scope, receive, dressed)


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """No cookie travels unencrypted, whichever page set it."""
    open_cookie = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if open_cookie else value


def _caching(scope: Scope, status: int) -> str:
    # A file that is still to come (a server updated before its neighbour) must not be missed for ever.
    if scope["path"].startswith("/static/") and status < 400:
        versioned = scope.get("query_string", b"").startswith(b"v=")
        return "public, max-age=31536000, immutable" if versioned else "public, max-age=300"
    return "no-store"
