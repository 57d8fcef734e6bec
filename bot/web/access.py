"""Who may use a route: every route declares one of these, and a structure test finds the route that does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.routing import BaseRoute

from bot.services import ApiCaller, Services
from bot.web import csrf
from bot.web.forms import UNSAFE, Posted, posted
from handlers.accounts.roles import Role, SignedIn
from handlers.errors import NotAllowed, NotFound, SignInNeeded

SESSION_COOKIE: Final = "hy_session"


class Access:
    """A declaration of access, used as a dependency; ``label`` says it in words (structure test, docs)."""

    def __init__(self, label: str) -> None:
        self.label = label


class _Public(Access):
    def __call__(self, request: Request, form: Annotated[Posted, Depends(posted)]) -> None:
        if request.method in UNSAFE:
            csrf.check(request, form.raw("csrf"))


class _Demo(_Public):
    def __call__(self, request: Request, form: Annotated[Posted, Depends(posted)]) -> None:
        if not _services(request).settings.demo:
            raise NotFound("没有这个页面。")
        super().__call__(request, form)


class _Staff(Access):
    def __init__(self, roles: tuple[Role, ...], *, any_password: bool, by_itself: bool) -> None:
        super().__init__("staff: " + (", ".join(roles) or "any role"))
        self.roles = roles
        self.any_password = any_password
        self.by_itself = by_itself

    def __call__(self, request: Request, form: Annotated[Posted, Depends(posted)]) -> SignedIn:
        me = signed_in(request, touch=not self.by_itself)
        if me is None:
            raise SignInNeeded("请先登录。您可能很久没有操作，为安全起见已自动退出。")
        request.state.me, request.state.by_itself = me, self.by_itself
        request.state.csrf_binding = f"staff:{me.csrf}"
        if request.method in UNSAFE:
            csrf.check(request, form.raw("csrf") or request.headers.get("x-csrf-token", ""))
        if me.must_change_password and not self.any_password:
            raise SignInNeeded("请先设置您自己的新密码。", change_password=True)
        if self.roles and not me.roles & {*self.roles}:
            raise NotAllowed("您的角色不能使用这个页面。如工作需要，请联系管理员调整。")
        return me


class _ApiKey(Access):
    def __call__(self, request: Request) -> ApiCaller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
        caller = _services(request).api_caller(token) if token else None
        if caller is None:
            raise SignInNeeded("需要有效的接口密钥：请在 Authorization 头中写 Bearer 加密钥。")
        request.state.api_caller = caller
        return caller


def public() -> Any:
    """Anybody may use the route (CSRF is checked on unsafe methods)."""
    return Depends(_Public("public"))


def demo_only() -> Any:
    """Anybody, but the route does not exist outside demo."""
    return Depends(_Demo("demo only"))


def requires(*roles: Role, any_password: bool = False, by_itself: bool = False) -> Any:
    """Staff with one of the roles (none named = any); gives the :class:`SignedIn`.

    ``any_password`` lets in those who must still change a password they were given. ``by_itself`` is for what a
    page's script asks without anybody pressing anything: it does not keep the session alive nor fill the log.
    """
    return Depends(_Staff(roles, any_password=any_password, by_itself=by_itself))


def api_key() -> Any:
    """Holders of an API key; gives the :class:`bot.services.ApiCaller`."""
    return Depends(_ApiKey("api key"))


def declare(route: BaseRoute, label: str) -> BaseRoute:
    """Declare a route that is no FastAPI route (a mount, a channel's webhook that verifies itself)."""
    route.access = Access(label)  # type: ignore[attr-defined]
    return route


def declared(route: BaseRoute) -> Iterator[Access]:
    """Yield the declarations of a route (a structure test wants exactly one)."""
    own = getattr(route, "access", None)
    if isinstance(own, Access):
        yield own
    dependant = getattr(route, "dependant", None)
    if dependant is not None:
        yield from _walk(dependant)


def _walk(dependant: Any) -> Iterator[Access]:
    if isinstance(dependant.call, Access):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _walk(inner)


def signed_in(request: Request, *, touch: bool = True) -> SignedIn | None:
    """Return who is behind the session cookie, whatever the route (``None`` when nobody is)."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return _services(request).accounts.signed_in(token, touch=touch) if token else None


def _services(request: Request) -> Services:
    return request.app.state.services  # type: ignore[no-any-return]
