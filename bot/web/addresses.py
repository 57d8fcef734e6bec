"""The address of a request before any page sees it: HEAD is answered like GET, a last slash does not matter."""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.pages import safe_path
from handlers.errors import NotFound

_ENDLESS: Final = re.compile(r"(?:^|/)\d{19,}(?:/|$)")  # no row has such a number, and no database could look for it


class Addresses:
    """ASGI middleware. Raises NotFound for an address that no database could look up (NUL, endless numbers)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, query = scope["path"], scope.get("query_string", b"")
        if "\x00" in path or b"%00" in query or _ENDLESS.search(path):
            raise NotFound("没有这个地址。请检查后再试，或从首页重新进入。")
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server itself leaves the body out
        if scope["method"] == "GET" and len(path) > 1 and path.endswith("/") and not path.startswith("/static/"):
            # Relative, where the framework's own redirect would repeat whatever Host it was told.
            to = safe_path(path.rstrip("/")) + (f"?{query.decode('latin-1')}" if query else "")
            await RedirectResponse(to, 308)(scope, receive, send)
            return
        await self.app(scope, receive, send)
