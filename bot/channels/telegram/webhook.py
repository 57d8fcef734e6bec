"""The webhook: Telegram's updates in, the receipt as a method call in the same response."""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import Now, Receive
from bot.channels.telegram.answer import Answers
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.updates import read_update
from bot.channels.webhooks import Handover, read_body
from handlers.errors import BadWebhook

_log = logging.getLogger(__name__)

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 the name, not the secret


class Webhook:
    """One endpoint, guarded by the secret that Telegram was given with the address."""

    def __init__(self, settings: TelegramSettings, answers: Answers, receive: Receive, now: Now) -> None:
        self._settings = settings
        self._answers = answers
        self._handover = Handover("telegram", receive)
        self._now = now

    def routes(self, path: str) -> list[Route]:
        return [Route(path, self.take, methods=["POST"], name="telegram_webhook")]

    async def take(self, request: Request) -> Response:
        """Take one update. 200 only when it is stored; 503 makes Telegram send it again."""
        try:
            self._check_secret(request)
            data = _decoded(await read_body(request, self._settings.body_cap, self._settings.answer_within))
            arrived = read_update(data, self._settings.account, self._now())
        except BadWebhook as fault:
            _log.info("telegram: refused with %d: %s", fault.status, fault)
            return PlainTextResponse(str(fault), fault.status)
        receipt = await self._handover.receipt(arrived.message, self._settings.answer_within)
        if receipt is None:
            return PlainTextResponse("The update could not be stored now; please send it again.", 503)
        text = self._answers.whole(arrived, receipt) if arrived.chat else ""
        return JSONResponse(_call(arrived.chat, text) if text else {})

    def _check_secret(self, request: Request) -> None:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogatepass")
        if not self._settings.secret or not hmac.compare_digest(given, self._settings.secret.encode()):
            raise BadWebhook("The secret token is missing or wrong: this did not come from Telegram.", 403)


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise BadWebhook("The body is no JSON.") from fault


def _call(chat: int, text: str) -> dict[str, Any]:
    """Return the call of ``sendMessage`` that Telegram makes for us when it reads our response."""
    return {"method": "sendMessage", "chat_id": chat, "text": text, "link_preview_options": {"is_disabled": True}}
