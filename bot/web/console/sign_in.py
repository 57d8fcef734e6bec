"""Staff sign in, sign out, and choose a new password."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.access import SESSION_COOKIE, public, requires, signed_in
from bot.web.forms import Posted, posted
from bot.web.limits import limited
from bot.web.pages import done, render, safe_path, services
from handlers.accounts.roles import Role, SignedIn
from handlers.errors import InvalidInput, RateLimited

log = structlog.get_logger("huiying.web")
router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("/sign-in", dependencies=[public()])
def sign_in_page(request: Request, next: str = "/console") -> Response:
    """The sign-in form; whoever is signed in already goes on."""
    if signed_in(request) is not None:
        return RedirectResponse(safe_path(next, "/console"), status_code=303)
    return render(request, "console/sign_in.html", next=safe_path(next, "/console"), values={}, errors={})


@router.post("/sign-in", dependencies=[public(), limited("sign_in")])
def sign_in(request: Request, form: Annotated[Posted, Depends(posted)]) -> Response:
    """Open a session, or say what is wrong without saying which names exist."""
    house, to = services(request), safe_path(form.text("next"), "/console")
    try:
        token = house.accounts.sign_in(form.text("login"), form.raw("password"))
    except (InvalidInput, RateLimited) as fault:
        log.warning("sign-in refused", kind=type(fault).__name__)
        status = 429 if isinstance(fault, RateLimited) else 422
        values = {"login": form.text("login")}
        return render(request, "console/sign_in.html", status, next=to, values=values, errors={"login": str(fault)})
    return _with_session(request, RedirectResponse(to, status_code=303), token)


@router.post("/sign-out")
def sign_out(request: Request, me: Annotated[SignedIn, requires(any_password=True)]) -> Response:
    """End the session on the server and in the browser."""
    services(request).accounts.sign_out(request.cookies.get(SESSION_COOKIE, ""))
    response = done("/console/sign-in", "您已退出登录。")
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/password")
def password_page(request: Request, me: Annotated[SignedIn, requires(any_password=True)]) -> Response:
    """The form for a new password."""
    return render(request, "console/password.html", errors={})


@router.post("/password", dependencies=[limited("sign_in")])
def change_password(
    request: Request, me: Annotated[SignedIn, requires(any_password=True)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Set the new password; every other session of this person ends."""
    try:
        if form.raw("new") != form.raw("again"):
            raise InvalidInput("两次输入的新密码不一样。", "again")
        token = services(request).accounts.change_password(
            request.cookies.get(SESSION_COOKIE, ""), form.raw("old"), form.raw("new")
        )
    except InvalidInput as fault:
        return render(request, "console/password.html", 422, errors={fault.field: str(fault)})
    return _with_session(request, done("/console", "密码已修改，其他设备上的登录已退出。"), token)


@router.get("")
def home(request: Request, me: Annotated[SignedIn, requires()]) -> Response:
    """Each role starts where its work is."""
    return RedirectResponse(HOMES[me.role], status_code=303)


#: Where a role's day begins.
HOMES = {
    Role.OFFICER: "/console/queue/mine",
    Role.HEAD: "/console/queue/section",
    Role.OFFICE: "/console/board",
    Role.LEADER: "/console/board",
    Role.AUDITOR: "/console/queue/open",
    Role.ADMIN: "/console/admin",
}


def _with_session(request: Request, response: Response, token: str) -> Response:
    secure = services(request).settings.https
    response.set_cookie(SESSION_COOKIE, token, httponly=True, secure=secure, samesite="lax", path="/")
    return response
