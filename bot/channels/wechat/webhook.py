"""The webhook: the platform's requests in, a receipt in the same response within five seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import Now, Receive
from bot.channels.webhooks import Handover, read_body
from bot.channels.wechat.gate import Gate
from bot.channels.wechat.parse import parse
from bot.channels.wechat.reply import reply_xml, sealed_reply
from bot.channels.wechat.settings import WeChatSettings
from handlers.errors import BadWebhook
from handlers.messages import InboundMessage, OutboundContent, Receipt

_log = logging.getLogger(__name__)

#: What the platform takes as "understood, no answer in this response".
NO_ANSWER = "success"
_LATER = "The message could not be stored now; please send it again."


class Webhook:
    """Two endpoints over one gate; hands messages to ``receive`` and never claims more than it was told."""

    def __init__(
        self,
        settings: WeChatSettings,
        acknowledge: Callable[[Receipt], OutboundContent | None],
        receive: Receive,
        now: Now,
    ) -> None:
        self._settings = settings
        self._gate = Gate(settings)
        self._acknowledge = acknowledge
        self._handover = Handover("wechat", receive)
        self._now = now

    def routes(self, path: str) -> list[Route]:
        return [
            Route(path, self.verify, methods=["GET"], name="wechat_verify"),
            Route(path, self.take, methods=["POST"], name="wechat_webhook"),
        ]

    async def verify(self, request: Request) -> Response:
        """Answer the platform's check of the address (the only GET it ever sends)."""
        try:
            return PlainTextResponse(self._gate.verify(request.query_params, self._now()))
        except BadWebhook as fault:
            return _refused(fault)

    async def take(self, request: Request) -> Response:
        """Take one message or event. 200 only when it is stored; 503 makes the platform try again."""
        try:
            query, now, started = request.query_params, self._now(), asyncio.get_running_loop().time()
            self._gate.admit(query, now)
            body = await read_body(request, self._settings.body_cap, self._settings.answer_within)
            opened = self._gate.open(query, body)
            message = parse(opened.xml, self._settings.account, now)
        except BadWebhook as fault:
            return _refused(fault)
        spent = asyncio.get_running_loop().time() - started
        receipt = await self._handover.receipt(message, self._settings.answer_within - spent)
        if receipt is None:
            return PlainTextResponse(_LATER, 503)
        content = self._acknowledge(receipt)
        return self._answer(message, content, opened.encrypted) if content else PlainTextResponse(NO_ANSWER)

    def _answer(self, message: InboundMessage, content: OutboundContent, encrypted: bool) -> Response:
        now = self._now()
        xml = reply_xml(message, content.text, now)
        if encrypted and self._gate.cipher:
            xml = sealed_reply(xml, self._gate.cipher, self._settings.token, now)
        return Response(xml, media_type="application/xml")


def _refused(fault: BadWebhook) -> Response:
    _log.info("wechat: refused with %d: %s", fault.status, fault)
    return PlainTextResponse(str(fault), fault.status)
