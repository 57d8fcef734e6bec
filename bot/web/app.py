"""The web application: mounts the pages, turns errors into HTTP, and bounds what comes in. Built only by the wiring."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot.services import Services
from bot.web import apidocs, display, errors, health
from bot.web.access import declare
from bot.web.addresses import Addresses
from bot.web.api import cases, messages, tools
from bot.web.console import (
    case,
    consents,
    documents,
    exchange,
    files,
    guides,
    imports,
    office,
    queue,
    saved_replies,
    search,
    sign_in,
    writing,
)
from bot.web.console.signing import page as signing
from bot.web.console.together import ROUTERS as TOGETHER
from bot.web.heads import Heads
from bot.web.limits import BodyCap, Limiter
from bot.web.pages import STATIC
from bot.web.portal import guides as portal_guides
from bot.web.portal import home, progress, write
from bot.web.requestlog import RequestLog
from bot.web.security import SecurityHeaders
from bot.web.webhooks import Webhooks
from handlers.records.database import PAGES_AT_ONCE

#: Every router of ours, in the order in which they are asked.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    health.router,
    display.router,
    apidocs.router,
    home.router,
    portal_guides.router,
    write.router,
    progress.router,
    messages.router,
    cases.router,
    tools.router,
    sign_in.router,
    queue.router,
    *TOGETHER,
    files.router,
    writing.router,
    search.router,
    exchange.router,
    imports.router,
    case.router,
    consents.router,
    signing.router,
    saved_replies.router,
    documents.router,
    guides.router,
    *office.ROUTERS,
)

_DESCRIPTION: Final = "把留言交给民政局并查询办理进度。每个密钥只能看到自己渠道的诉求件。时间一律为带时区的 ISO 8601。"


def create_app(services: Services) -> FastAPI:
    """Build the application over what the wiring hands in."""
    settings = services.settings

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = PAGES_AT_ONCE
        async with services.lifespan():
            yield

    app = FastAPI(
        title="回应 Huiying 接口",
        description=_DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=[
            Middleware(RequestLog, registry=services.registry),
            Middleware(Webhooks, routes=services.channel_routes),
            Middleware(Heads),
            Middleware(SecurityHeaders, https=settings.https),
            Middleware(BodyCap, settings=settings),
            Middleware(errors.Faults),
            Middleware(Addresses),
        ],
    )
    app.state.services = services
    app.state.limiter = Limiter(settings)
    app.state.counts = {}  # the menu's figures by officer
    errors.install(app)
    _mount(app, services)
    return app


def _mount(app: FastAPI, services: Services) -> None:
    # Routers carry their whole prefix, so their routes are simply listed: one flat table, easy to walk and to check.
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    for route in services.channel_routes:
        app.router.routes.append(declare(route, "platform: verified by its channel"))
    for route in services.demo_routes:
        app.router.routes.append(declare(route, "demo only"))
    static = Mount("/static", StaticFiles(directory=STATIC), name="static")
    app.router.routes.append(declare(static, "public"))
