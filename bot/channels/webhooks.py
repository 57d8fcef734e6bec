"""What every webhook shares: a body read whole but bounded, and a wait for the receipt that cancels nothing."""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import ClientDisconnect, Request

from bot.channels.base import Receive
from handlers.errors import BadWebhook, IntakeUnavailable
from handlers.messages import InboundMessage, Receipt

_log = logging.getLogger(__name__)


async def read_body(request: Request, cap: int, seconds: float) -> bytes:
    """Read the body. Raises BadWebhook: 413 over ``cap`` bytes, 400 when it did not arrive within ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, cap)
    except (TimeoutError, ClientDisconnect) as fault:
        raise BadWebhook("The body did not arrive whole.") from fault


async def _read(request: Request, cap: int) -> bytes:
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced) > cap:
        raise BadWebhook(f"The body is larger than {cap} bytes.", 413)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > cap:
            raise BadWebhook(f"The body is larger than {cap} bytes.", 413)
        parts.append(part)
    return b"".join(parts)


class Handover:
    """Hands a channel's messages to the intake and waits for the receipt only as long as the platform does."""

    def __init__(self, channel: str, receive: Receive) -> None:
        self._channel, self._receive = channel, receive
        self._unfinished: set[asyncio.Task[Receipt]] = set()

    async def receipt(self, message: InboundMessage, seconds: float) -> Receipt | None:
        """Return the receipt, or ``None`` when there is none in time: the platform will send the message again."""
        # Not wait_for: a message that is being stored when the time is up must not be cancelled half-way.
        task = asyncio.ensure_future(self._receive(message))
        self._unfinished.add(task)
        task.add_done_callback(self._finished)
        await asyncio.wait((task,), timeout=max(0.0, seconds))
        if not task.done():
            _log.warning("%s: no receipt in time; the platform will ask again", self._channel)
            return None
        return None if task.cancelled() or task.exception() else task.result()

    def _finished(self, task: asyncio.Task[Receipt]) -> None:
        self._unfinished.discard(task)
        fault = None if task.cancelled() else task.exception()
        if isinstance(fault, IntakeUnavailable):
            _log.warning("%s: the message could not be stored; the platform will send it again", self._channel)
        elif fault is not None:
            # The type alone: the text of a database error can carry the citizen's words.
            _log.error("%s: receiving a message raised %s", self._channel, type(fault).__name__)
