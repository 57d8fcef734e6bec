"""The platform's interface as the account calls it: token, customer-service messages, media, menu."""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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
    43004: "require subscribe",
    44004: "empty content",
    45002: "content size out of limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47001: "data format error",
}
_LONGEST = 2048


class Vendor:
    """The calls and the rules that the real platform applies to them."""

    def __init__(self, settings: SimulatorSettings, state: State) -> None:
        self._settings = settings
        self._state = state

    def routes(self) -> list[Route]:
        prefix = self._settings.prefix + "/cgi-bin"
        return [
            Route(f"{prefix}/stable_token", self.token, methods=["POST"], name="sim_token"),
            Route(f"{prefix}/message/custom/send", self.send, methods=["POST"], name="sim_send"),
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
        if not self._token_is_good(request):
            return _answer(40001)
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
        whom, how = to.persona.name if to else "未知用户", f"{code} {_MEANINGS[code]}" if code else "已收下"
        self._state.note(now, f"客服消息 → {whom}：{how}")
        return _answer(code)

    async def media(self, request: Request) -> Response:
        if not self._token_is_good(request):
            return _answer(40001)
        file = self._state.file(request.query_params.get("media_id", ""))
        return Response(file.data, media_type=file.content_type) if file else _answer(40007)

    async def menu(self, request: Request) -> Response:
        return _answer(0 if self._token_is_good(request) else 40001)

    def _token_is_good(self, request: Request) -> bool:
        return self._state.token_is(request.query_params.get("access_token", ""), self._settings.now())

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

    def _verdict(self, to: Conversation | None, content: str) -> int:
        if to is None:
            return 40003
        if not to.followed:
            return 43004
        if not content.strip():
            return 44004
        if len(content.encode()) > _LONGEST:
            return 45002
        if to.allowance is None or to.allowance.until <= self._settings.now():
            return 45015
        return 0 if to.allowance.left else 45047


async def _body(request: Request) -> dict[str, Any] | None:
    try:
        asked = json.loads(await request.body())
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) else None


def _answer(code: int) -> JSONResponse:
    return JSONResponse({"errcode": code, "errmsg": _MEANINGS[code]})
