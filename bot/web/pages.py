"""Rendering: one template environment, what every page knows, notices that survive a redirect."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.services import Services
from bot.web import csrf, formats
from bot.web.console.menu import menu_for
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.casework.queues import counts
from handlers.procedure.consents import consent_count
from handlers.records import Case, CaseEvent

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
LARGE_COOKIE: Final = "hy_large"
NOTICE_COOKIE: Final = "hy_notice"
_OPTION: Final = Markup('<option value="{}">{}</option>')
_CHOSEN: Final = Markup('<option value="{}" selected>{}</option>')
#: What was done last: looking at a case changes no figure.
_LATEST: Final = select(
    select(CaseEvent.id).where(CaseEvent.action != "read").order_by(CaseEvent.id.desc()).limit(1).scalar_subquery(),
    select(func.max(Case.changed_at)).scalar_subquery(),
)


def services(request: Request) -> Services:
    """Return what the wiring handed to the app."""
    return request.app.state.services  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the template environment: autoescaping, strict about unknown names."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("day", "long_day", "moment", "long_moment", "iso", "size", "clipped", "plain", "unlinked"):
        made.filters[name] = getattr(formats, name)
    made.globals.update(asset=asset, icon=icon, badge=formats.badge, options_of=options_of)
    return made


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page. Every template also knows what :func:`_common` gives."""
    text = environment().get_template(template).render(**_common(request), **values)
    response = HTMLResponse(text, status)
    csrf.keep(request, response)
    if request.cookies.get(NOTICE_COOKIE):
        response.delete_cookie(NOTICE_COOKIE)
    return response


def done(to: str, notice: str = "") -> Response:
    """Return a redirect after a successful POST; ``notice`` is shown once on the next page."""
    response = RedirectResponse(safe_path(to), status_code=303)
    if notice:
        response.set_cookie(NOTICE_COOKIE, quote(notice), max_age=60, httponly=True, samesite="lax")
    return response


def safe_path(path: str, fallback: str = "/") -> str:
    """Return ``path`` when it stays on this site, else ``fallback`` (no open redirects)."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    return path if plain and path.isprintable() else fallback


def asset(name: str) -> str:
    """Return the address of a static file with its content's hash, so that it can be cached for ever."""
    return f"/static/{name}?v={_hash(name)}"


@lru_cache(maxsize=256)
def _hash(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """Return an icon of ours (static/icons) as inline SVG; decorative, so hidden from screen readers."""
    return Markup((STATIC / "icons" / f"{name}.svg").read_text("utf-8").strip())  # noqa: S704 - our own files


def options_of(options: Iterable[tuple[str, str]], value: object) -> Markup:
    """Return the options of a select, the one with ``value`` chosen; a page repeats the same lists many times."""
    return _options(tuple((str(code), str(text)) for code, text in options), str(value))


@lru_cache(maxsize=512)
def _options(options: tuple[tuple[str, str], ...], value: str) -> Markup:
    return Markup("").join((_CHOSEN if code == value else _OPTION).format(code, text) for code, text in options)


def _common(request: Request) -> Mapping[str, Any]:
    house = services(request)
    path = request.url.path
    return {
        "path": path,
        "here": quote(path + (f"?{request.url.query}" if request.url.query and request.method == "GET" else "")),
        **_for_staff(request, house),
        "profile": house.profile(),
        "demo": house.settings.demo,
        "large": request.cookies.get(LARGE_COOKIE) == "1",
        "now": house.now(),
        "notice": unquote(request.cookies.get(NOTICE_COOKIE, "")),
        "csrf_field": cache(lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(csrf.token(request))),
        "csrf_token": lambda: csrf.token(request),
        "request_id": getattr(request.state, "request_id", ""),
    }


def _for_staff(request: Request, house: Services) -> Mapping[str, Any]:
    me: SignedIn | None = getattr(request.state, "me", None)
    if me is None:
        return {"me": None, "menu": [], "section_name": ""}
    sections = house.profile().section_names
    return {
        "me": me,
        "menu": menu_for(me, request.url.path, _counts(request, house, me)),
        "section_name": sections.get(me.section, ""),
    }


def _counts(request: Request, house: Services, me: SignedIn) -> Mapping[str, int]:
    """The menu's figures, counted anew only when something has happened, and every quarter of a minute."""
    if me.role not in CASE_READERS:
        return {}
    kept: dict[int, tuple[object, Mapping[str, int]]] = request.app.state.counts
    now = house.now()
    with house.core.database.read() as session:
        latest = session.execute(_LATEST).one()
        key = (me.role, me.section, tuple(latest), int(now.timestamp()) // 15)
        known, figures = kept.get(me.officer_id, (None, {}))
        if known != key:
            figures = counts(session, me, now) | consent_count(session, me)
            kept[me.officer_id] = key, figures
    return figures
