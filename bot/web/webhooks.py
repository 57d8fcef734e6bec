"""The platforms' short way: a webhook verifies, bounds and answers for itself; no page's layers are in its way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

_PREFIX: Final = "/webhooks/"


class Webhooks:
    """ASGI middleware: requests below ``/webhooks/`` go straight to the channels' routes."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._router = Router(routes=list(routes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_PREFIX):
            await self._router(scope, receive, send)
        else:
            await self._app(scope, receive, send)
