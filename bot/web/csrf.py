"""Tokens that prove a form came from our own page: bound to the session of staff, to a cookie for everybody else."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from handlers.errors import NotAllowed

COOKIE: Final = "hy_form"
_STALE: Final = (
    "这个表单没有从本站页面提交，或浏览器没有保存 Cookie，为安全起见没有处理。"
    "请返回上一页刷新后再提交；如仍不行，请允许本站使用 Cookie。"
)


def token(request: Request) -> str:
    """Return the token for a form on this page; a first anonymous form gets its cookie from :func:`keep`."""
    return _sign(request, _binding(request, make=True))


def check(request: Request, given: str) -> None:
    """Raise NotAllowed unless ``given`` is this visitor's token and the browser does not name another site."""
    binding = _binding(request, make=False)
    if request.headers.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site"):
        raise NotAllowed(_STALE)
    if not binding or not hmac.compare_digest(_sign(request, binding).encode(), given.encode("utf-8", "replace")):
        raise NotAllowed(_STALE)


def keep(request: Request, response: Response) -> None:
    """Set the anonymous cookie when this page gave out its first token."""
    fresh = getattr(request.state, "csrf_fresh", "")
    if fresh:
        secure = request.app.state.services.settings.https
        response.set_cookie(COOKIE, fresh, httponly=True, secure=secure, samesite="lax", max_age=30 * 86400)


def _binding(request: Request, *, make: bool) -> str:
    staff: str = getattr(request.state, "csrf_binding", "")
    if staff:
        return staff
    kept: str = request.cookies.get(COOKIE, "") or getattr(request.state, "csrf_fresh", "")
    if not kept and make:
        kept = request.state.csrf_fresh = secrets.token_urlsafe(16)
    return f"visitor:{kept}" if kept else ""


def _sign(request: Request, binding: str) -> str:
    key = request.app.state.services.settings.secret_key.get_secret_value().encode()
    return hmac.new(key, f"csrf|{binding}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
