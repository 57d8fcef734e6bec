"""The webhook: Telegram's updates in, the receipt as a method call in the same response."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import Now, Receive
from bot.channels.telegram.answer import Answers
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.updates import Arrived, read_update
from handlers.errors import BadWebhook, IntakeUnavailable
from handlers.messages import Receipt

_log = logging.getLogger(__name__)

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 the name, not the secret


class Webhook:
    """One endpoint, guarded by the secret that Telegram was given with the address."""

    def __init__(self, settings: TelegramSettings, answers: Answers, receive: Receive, now: Now) -> None:
        self._settings = settings
        self._answers = answers
        self._receive = receive
        self._now = now
        self._unfinished: set[asyncio.Task[Receipt]] = set()

    def routes(self, path: str) -> list[Route]:
        return [Route(path, self.take, methods=["POST"], name="telegram_webhook")]

    async def take(self, request: Request) -> Response:
        """Take one update. 200 only when it is stored; 503 makes Telegram send it again."""
        try:
            self._check_secret(request)
            data = _decoded(await self._body(request))
            arrived = read_update(data, self._settings.account, self._now())
        except BadWebhook as fault:
            _log.info("telegram: refused with %d: %s", fault.status, fault)
            return PlainTextResponse(str(fault), fault.status)
        receipt = await self._receipt(arrived)
        if receipt is None:
            return PlainTextResponse("The update could not be stored now; please send it again.", 503)
        text = self._answers.whole(arrived, receipt) if arrived.chat else ""
        return JSONResponse(_call(arrived.chat, text) if text else {})

    def _check_secret(self, request: Request) -> None:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogatepass")
        if not self._settings.secret or not hmac.compare_digest(given, self._settings.secret.encode()):
            raise BadWebhook("The secret token is missing or wrong: this did not come from Telegram.", 403)

    async def _receipt(self, arrived: Arrived) -> Receipt | None:
        # Not wait_for: a message that is being stored when the time is up must not be cancelled half-way.
        task = asyncio.ensure_future(self._receive(arrived.message))
        self._unfinished.add(task)
        task.add_done_callback(self._finished)
        await asyncio.wait((task,), timeout=self._settings.answer_within)
        return None if not task.done() or task.cancelled() or task.exception() else task.result()

    def _finished(self, task: asyncio.Task[Receipt]) -> None:
        self._unfinished.discard(task)
        fault = None if task.cancelled() else task.exception()
        if isinstance(fault, IntakeUnavailable):
            _log.warning("telegram: the update could not be stored; Telegram will send it again")
        elif fault is not None:
            # The type alone: the text of a database error can carry the citizen's words.
            _log.error("telegram: receiving an update raised %s", type(fault).__name__)

    async def _body(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self._settings.answer_within):
                return await _read(request, self._settings.body_cap)
        except (TimeoutError, ClientDisconnect) as fault:
            raise BadWebhook("The body did not arrive whole.") from fault


async def _read(request: Request, cap: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > cap:
            raise BadWebhook(f"The body is larger than {cap} bytes.", 413)
        parts.append(part)
    return b"".join(parts)


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise BadWebhook("The body is no JSON.") from fault


def _call(chat: int, text: str) -> dict[str, Any]:
    """Return the call of ``sendMessage`` that Telegram makes for us when it reads our response."""
    return {"method": "sendMessage", "chat_id": chat, "text": text, "link_preview_options": {"is_disabled": True}}
