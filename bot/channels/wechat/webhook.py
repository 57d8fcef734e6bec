"""The webhook: the platform's requests in, a receipt in the same response within five seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import Now, Receive
from bot.channels.wechat.gate import Gate
from bot.channels.wechat.parse import parse
from bot.channels.wechat.reply import reply_xml, sealed_reply
from bot.channels.wechat.settings import WeChatSettings
from handlers.errors import BadWebhook, IntakeUnavailable
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
        self._receive = receive
        self._now = now
        self._unfinished: set[asyncio.Task[Receipt]] = set()

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
            opened = self._gate.open(query, await self._body(request))
            message = parse(opened.xml, self._settings.account, now)
        except BadWebhook as fault:
            return _refused(fault)
        receipt = await self._receipt(message, started)
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

    async def _receipt(self, message: InboundMessage, started: float) -> Receipt | None:
        # Not wait_for: a message that is being stored when the time is up must not be cancelled half-way.
        task = asyncio.ensure_future(self._receive(message))
        self._unfinished.add(task)
        task.add_done_callback(self._finished)
        spent = asyncio.get_running_loop().time() - started
        await asyncio.wait((task,), timeout=max(0.0, self._settings.answer_within - spent))
        if not task.done():
            _log.warning("wechat: no receipt within %.1f s; the platform will ask again", self._settings.answer_within)
            return None
        return None if task.cancelled() or task.exception() else task.result()

    def _finished(self, task: asyncio.Task[Receipt]) -> None:
        self._unfinished.discard(task)
        fault = None if task.cancelled() else task.exception()
        if isinstance(fault, IntakeUnavailable):
            _log.warning("wechat: the message could not be stored; the platform will send it again")
        elif fault is not None:
            # The type alone: the text of a database error can carry the citizen's words.
            _log.error("wechat: receiving a message raised %s", type(fault).__name__)

    async def _body(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self._settings.answer_within):
                return await _read(request, self._settings.body_cap)
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


def _refused(fault: BadWebhook) -> Response:
    _log.info("wechat: refused with %d: %s", fault.status, fault)
    return PlainTextResponse(str(fault), fault.status)
