"""The platforms' short way: a webhook verifies, bounds, answers for itself; nothing made for pages stands before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

_PREFIX: Final = "/webhooks/"


class Webhooks:
    """ASGI middleware: requests below ``/webhooks/`` go straight to the channels' routes."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._router = Router(routes=list(routes), redirect_slashes=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        try:
            await self._router(scope, receive, send)
        except HTTPException as fault:  # no such route or method: nobody further out would answer that
            await PlainTextResponse("没有这个接口。", fault.status_code, fault.headers)(scope, receive, send)
