"""The one place where errors become HTTP: a status, and a Chinese page or JSON that says what to do next."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.api.problems import MEDIA_TYPE, problem
from bot.web.pages import render
from handlers import errors

log = structlog.get_logger("huiying.web")

_STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (errors.NotFound, 404),
    (errors.SignInNeeded, 401),
    (errors.NotAllowed, 403),
    (errors.InvalidInput, 422),
    (errors.Conflict, 409),
    (errors.RateLimited, 429),
    (errors.IntakeUnavailable, 503),
    (RequestValidationError, 422),
    (OperationalError, 503),
    (InterfaceError, 503),
    (PoolTimeout, 503),
)

_TITLES: Final[dict[int, str]] = {
    400: "提交的内容无法读取",
    401: "请先登录",
    403: "不能打开这个页面",
    404: "没有找到这个页面",
    405: "不能这样打开这个页面",
    409: "情况有变化",
    413: "内容太大",
    422: "有一处需要修改",
    429: "操作太频繁",
    500: "系统出错了",
    503: "暂时无法使用",
}

_TEXTS: Final[dict[int, str]] = {
    400: "请返回上一页重新填写后再提交。",
    404: "地址可能写错了，或页面已经移走。请检查地址，或从首页重新进入。",
    405: "请从页面上的链接或按钮进入。",
    422: "提交的内容缺少必填项或格式不对。请返回上一页检查后再提交。",
    500: "不是您的问题。刚才的操作可能没有完成，请返回上一页查看后再试；仍不行请告诉我们下面的请求编号。",
    503: "系统暂时连不上数据库，刚才的内容没有保存。请几分钟后再试，或直接打电话给我们。",
}


def install(app: FastAPI) -> None:
    """Let every error of the app be answered by :func:`answer`."""
    for kind in (errors.HuiyingError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _handler)


def _handler(request: Request, fault: Exception) -> Response:
    # No coroutine: a page asks the database (the profile, the menu's counts), so it is made in a thread.
    return answer(request, fault)


class Faults:
    """ASGI middleware: what nobody foresaw becomes an answer too (with headers, request id and log), not a hang-up."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as fault:
            if scope["type"] != "http" or started:
                raise
            told = await run_in_threadpool(answer, Request(scope, receive), fault)
            await told(scope, receive, send)


def status_of(fault: Exception) -> int:
    """Return the HTTP status an error deserves."""
    if isinstance(fault, HTTPException):
        return fault.status_code
    if isinstance(fault, errors.BadWebhook):
        return fault.status
    return next((status for kind, status in _STATUS if isinstance(fault, kind)), 500)


def answer(request: Request, fault: Exception) -> Response:
    """Return the answer to an error: JSON under /api, else a page (or the way to the sign-in page)."""
    status = status_of(fault)
    request_id = getattr(request.state, "request_id", "")
    if status >= 500:
        # The text of a database error can carry a citizen's words: only its kind is logged, the trace without values.
        log.error("fault", kind=type(fault).__name__, request_id=request_id, where=_where(fault))
    headers = {"retry-after": str(fault.retry_after)} if isinstance(fault, errors.RateLimited) else {}
    if request.url.path.startswith("/api/"):
        body = problem(fault, status, _text(fault, status), request_id)
        return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)
    if isinstance(fault, errors.SignInNeeded):
        return _to_sign_in(request, fault)
    values = {"code": status, "title": _TITLES.get(status, _TITLES[400]), "text": _text(fault, status)}
    try:
        response: Response = render(request, "error.html", status, **values)
    except Exception:  # the page itself needs the profile, which may need the database that is away
        response = Response(f"{values['title']}：{values['text']}", status, media_type="text/plain; charset=utf-8")
    response.headers.update(headers)
    return response


def _text(fault: Exception, status: int) -> str:
    if isinstance(fault, errors.HuiyingError) and status != 500:
        return str(fault)
    if isinstance(fault, HTTPException) and not str(fault.detail).isascii():
        return str(fault.detail)
    return _TEXTS.get(status, _TEXTS[400])


def _to_sign_in(request: Request, fault: errors.SignInNeeded) -> Response:
    if fault.change_password:
        return RedirectResponse("/console/password", status_code=303)
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"error": str(fault), "status": 401}, 401)
    back = request.url.path if request.method == "GET" else "/console"
    if request.method == "GET" and request.url.query:
        back += f"?{request.url.query}"
    return RedirectResponse(f"/console/sign-in?next={quote(back)}", status_code=303)


def _where(fault: Exception) -> list[str]:
    steps, trace = [], fault.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        steps.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return steps[-12:]
