"""The platform's interface as the account calls it: token, customer-service messages, media, menu."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.wechat.codes import CODES
from bot.simulator.personas import Persona
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import MESSAGE_QUOTA, MESSAGE_WINDOW, Allowance, Conversation, State

_MEANINGS = {
    0: "ok",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40007: "invalid media_id",
    40013: "invalid appid",
    40125: "invalid appsecret",
    42001: "access_token expired",
    43004: "require subscribe",
    44004: "empty content",
    45002: "content size out of limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47001: "data format error",
    47003: "argument invalid",
    48001: "api unauthorized",
}
#: Tells the account by an event what became of a notice.
Report = Callable[[Conversation, str, dict[str, str]], None]
_LONGEST = 2048


class Vendor:
    """The calls and the rules that the real platform applies to them."""

    def __init__(self, settings: SimulatorSettings, state: State, report: Report) -> None:
        self._settings = settings
        self._state = state
        self._report = report
        self._notices = itertools.count(200_228_332)

    def routes(self) -> list[Route]:
        prefix = self._settings.prefix + "/cgi-bin"
        return [
            Route(f"{prefix}/stable_token", self.token, methods=["POST"], name="sim_token"),
            Route(f"{prefix}/message/custom/send", self.send, methods=["POST"], name="sim_send"),
            Route(f"{prefix}/message/template/send", self.template, methods=["POST"], name="sim_template"),
            Route(f"{prefix}/message/subscribe/bizsend", self.subscription, methods=["POST"], name="sim_subscription"),
            Route(f"{prefix}/media/get", self.media, methods=["GET"], name="sim_media_get"),
            Route(f"{prefix}/menu/create", self.menu, methods=["POST"], name="sim_menu"),
        ]

    async def token(self, request: Request) -> Response:
        asked, wechat = await _body(request), self._settings.wechat
        if asked is None or asked.get("appid") != wechat.app_id:
            return _answer(40013)
        if asked.get("secret") != wechat.app_secret:
            return _answer(40125)
        value, left = self._state.token(self._settings.now(), force=bool(asked.get("force_refresh")))
        return JSONResponse({"access_token": value, "expires_in": left})

    async def send(self, request: Request) -> Response:
        if code := self._token_fault(request):
            return _answer(code)
        asked = await _body(request)
        text = asked.get("text") if asked else None
        if asked is None or asked.get("msgtype") != "text" or not isinstance(text, dict):
            return _answer(47001)
        content, to = str(text.get("content", "")), await self._conversation(str(asked.get("touser", "")))
        code = self._verdict(to, content)
        now = self._settings.now()
        if to is not None and to.allowance is not None and code == 0:
            to.allowance.left -= 1
            self._state.say(to, now, "theirs", "text", content)
        self._note("客服消息", to, code)
        return _answer(code)

    async def template(self, request: Request) -> Response:
        """模板消息: no window bounds it; what became of it comes as an event."""
        return await self._notice(request, "模板消息", "TEMPLATESENDJOBFINISH")

    async def subscription(self, request: Request) -> Response:
        """订阅通知, as for one who has subscribed for good."""
        return await self._notice(request, "订阅通知", "")

    async def _notice(self, request: Request, name: str, event: str) -> Response:
        if code := self._token_fault(request):
            return _answer(code)
        asked = await _body(request)
        data = asked.get("data") if asked else None
        if asked is None or not isinstance(data, dict):
            return _answer(47001)
        to = await self._conversation(str(asked.get("touser", "")))
        code = self._notice_verdict(to, asked, data)
        self._note(name, to, code)
        if code or to is None:
            return _answer(code)
        words = [f"{field}：{value.get('value', '')}" for field, value in data.items() if isinstance(value, dict)]
        address = asked.get("url") or asked.get("page") or ""
        text = "\n".join([f"【{name}】", *words, *([f"详情 {address}"] if address else [])])
        self._state.say(to, self._settings.now(), "theirs", "text", text)
        if not event:
            return _answer(0)
        number = str(next(self._notices))
        self._report(to, event, {"MsgID": number, "Status": "success"})
        return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": int(number)})

    def _notice_verdict(self, to: Conversation | None, asked: dict[str, Any], data: dict[str, Any]) -> int:
        if fault := self._unreachable(to):
            return fault
        whole = bool(asked.get("template_id")) and all(isinstance(v, dict) and v.get("value") for v in data.values())
        return 0 if whole else 47003

    def _note(self, what: str, to: Conversation | None, code: int) -> None:
        whom, how = to.persona.name if to else "未知用户", f"{code} {_meaning(code)}" if code else "已收下"
        self._state.note(self._settings.now(), f"{what} → {whom}：{how}")

    async def media(self, request: Request) -> Response:
        if code := self._token_fault(request):
            return _answer(code)
        file = self._state.file(request.query_params.get("media_id", ""))
        return Response(file.data, media_type=file.content_type) if file else _answer(40007)

    async def menu(self, request: Request) -> Response:
        return _answer(self._token_fault(request))

    def _token_fault(self, request: Request) -> int:
        return self._state.token_verdict(request.query_params.get("access_token", ""), self._settings.now())

    async def _conversation(self, openid: str) -> Conversation | None:
        known = self._state.conversations.get(openid)
        if known is not None and known.allowance is not None:
            return known
        heard = await run_in_threadpool(self._settings.last_heard, openid)
        if heard is None:
            return known
        # A seeded citizen whom no visitor plays: their window is real, their phone is nobody's to look at.
        found = known or Conversation(Persona("", "（示例群众）", "", openid, 1))
        found.allowance = Allowance(heard + MESSAGE_WINDOW, MESSAGE_QUOTA)
        if len(self._state.conversations) < 1000:
            self._state.conversations[openid] = found
        return found

    def _unreachable(self, to: Conversation | None) -> int:
        """Why nothing at all may be sent to them; 0 = it may."""
        if to is None:
            return 40003
        if to.trouble:
            return to.trouble
        if not self._settings.wechat.service_account:
            return 48001
        if not to.followed:
            return 43004
        return 0

    def _verdict(self, to: Conversation | None, content: str) -> int:
        if fault := self._unreachable(to):
            return fault
        if not content.strip():
            return 44004
        if len(content.encode()) > _LONGEST:
            return 45002
        if to is None or to.allowance is None or to.allowance.until <= self._settings.now():
            return 45015
        return 0 if to.allowance.left else 45047


async def _body(request: Request) -> dict[str, Any] | None:
    try:
        asked = json.loads(await request.body())
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) else None


def _answer(code: int) -> JSONResponse:
    return JSONResponse({"errcode": code, "errmsg": _meaning(code)})


def _meaning(code: int) -> str:
    return _MEANINGS.get(code) or (CODES[code].text if code in CODES else "refused")
