"""The library's bot, built with our addresses, time limits and proxy; and a loop for those who cannot await."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import telegram
from telegram.error import NetworkError
from telegram.request import HTTPXRequest, RequestData

from bot.channels.telegram.settings import TelegramSettings

_T = TypeVar("_T")
_SERVER_ERROR: Final = 500
_UNAVAILABLE: Final = 503
_TOO_MANY: Final = 429
_LONGEST_WISH: Final = 86_400  # seconds; a longer one is no wish but a fault


class GatewayTrouble(NetworkError):
    """An answer of 429 or 5xx. ``refused`` tells whether Telegram itself said, legibly, that it did nothing.

    ``retry_after`` is Telegram's wish in seconds (``None`` = it named none).
    """

    def __init__(self, status: int, *, refused: bool, retry_after: int | None = None) -> None:
        super().__init__(f"Telegram answered {status}.")
        self.status = status
        self.refused = refused
        self.retry_after = retry_after


class _Request(HTTPXRequest):
    """Tells a server's refusal from a gateway's silence; the library makes one error of both."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        status, payload = await super().do_request(url, method, request_data, *args, **kwargs)
        if status == _TOO_MANY:
            raise GatewayTrouble(status, refused=True, retry_after=_wish(payload))
        if status >= _SERVER_ERROR:
            raise GatewayTrouble(status, refused=status == _UNAVAILABLE or _decoded(payload).get("ok") is False)
        return status, payload


class Client:
    """One bot and its connections; belongs to the event loop it is first used in."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._requests = [_request(settings), _request(settings)]
        self.bot = telegram.Bot(
            settings.token,
            base_url=f"{settings.api_base}/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()


class LoopThread:
    """An event loop in a thread of its own, so that workers which block can use the library."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram-sender", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run ``work`` there and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Stop the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _request(settings: TelegramSettings) -> HTTPXRequest:
    return _Request(
        connection_pool_size=16,
        read_timeout=settings.answer_seconds,
        write_timeout=settings.answer_seconds,
        connect_timeout=settings.connect_seconds,
        pool_timeout=settings.connect_seconds,
        proxy=settings.proxy or None,
        # The proxy is a setting of ours; one in the environment would be a surprise.
        httpx_kwargs={"trust_env": False},
    )


def _decoded(payload: bytes) -> dict[str, Any]:
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _wish(payload: bytes) -> int | None:
    parameters = _decoded(payload).get("parameters")
    wish = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return wish if type(wish) is int and 0 < wish <= _LONGEST_WISH else None
