"""The simulator's pages and all its routes: ``simulator_routes`` is what the wiring mounts, in demo only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.wechat.codes import CODES
from bot.channels.wechat.menu import menu_definition
from bot.simulator.personas import PLACES
from bot.simulator.phone import Phone
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Bubble, Conversation, State
from bot.simulator.vendor import Vendor

HERE: Final = Path(__file__).parent
MAX_UPLOAD: Final = 5 * 1024 * 1024
_CHINA: Final = ZoneInfo("Asia/Shanghai")


def simulator_routes(settings: SimulatorSettings) -> list[Route | Mount]:
    """Return the chat pages and the stand-in for the platform's interface (its base: address + ``prefix``)."""
    state = State(settings.personas)
    pages = Pages(settings, state)
    static = Mount(f"{settings.prefix}/static", StaticFiles(directory=HERE / "static"), name="sim_static")
    return [*pages.routes(), *Vendor(settings, state, pages.phone.report).routes(), static]


class Pages:
    """Choose a citizen, chat as that citizen."""

    def __init__(self, settings: SimulatorSettings, state: State) -> None:
        self._settings = settings
        self._state = state
        self.phone = Phone(settings, state)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters["clock"] = _clock
        self._templates.globals |= {
            "prefix": settings.prefix,
            "account": settings.account_name,
            "staff": settings.staff_path,
            "personas": settings.personas,
            "places": PLACES,
            "menu": menu_definition()["button"],
            "codes": {code: known.text for code, known in CODES.items()},
        }

    def routes(self) -> list[Route]:
        phone = self._settings.prefix + "/phone/{code}"
        return [
            Route(self._settings.prefix, self.choose, methods=["GET"], name="sim_home"),
            Route(phone, self.chat, methods=["GET"], name="sim_phone"),
            Route(phone, self.act, methods=["POST"], name="sim_act"),
            Route(f"{phone}/bubbles", self.bubbles, methods=["GET"], name="sim_bubbles"),
            Route(self._settings.prefix + "/media/{media_id}", self.media, methods=["GET"], name="sim_media"),
        ]

    async def choose(self, _request: Request) -> Response:
        return self._page("choose.html")

    async def chat(self, request: Request) -> Response:
        who = self._who(request)
        return self._page("phone.html", who=who, bubbles=list(who.bubbles), log=list(self._state.log))

    async def act(self, request: Request) -> Response:
        """Take one action; a script gets 204 and asks for the bubbles, a plain form is sent back to the page."""
        who = self._who(request)
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return PlainTextResponse("请从模拟页面操作。", 403)
        async with request.form(max_files=1, max_part_size=MAX_UPLOAD) as form:
            words = {name: value for name, value in form.items() if isinstance(value, str)}
            picture = form.get("picture")
            upload = await picture.read(MAX_UPLOAD + 1) if isinstance(picture, UploadFile) else b""
        if len(upload) > MAX_UPLOAD:
            return PlainTextResponse("图片太大，最多 5 MB。", 413)
        await self.phone.act(who, words, upload)
        if request.headers.get("x-requested-with") == "fetch":
            return Response(status_code=204)
        return RedirectResponse(f"{self._settings.prefix}/phone/{who.persona.code}#newest", 303)

    async def bubbles(self, request: Request) -> Response:
        """Return what is newer than ``after`` as a fragment; headers say whether the account is still thinking."""
        who, after = self._who(request), request.query_params.get("after", "0")
        last = int(after) if after.isascii() and after.isdigit() and len(after) < 12 else 0
        newer = [bubble for bubble in who.bubbles if bubble.id > last]
        before = next((bubble for bubble in reversed(who.bubbles) if bubble.id <= last), None)
        page = self._page("fragment.html", who=who, bubbles=newer, before=before, log=list(self._state.log))
        page.headers["x-pending"] = str(who.pending)
        return page

    async def media(self, request: Request) -> Response:
        file = self._state.file(request.path_params["media_id"])
        if file is None or not file.content_type.startswith("image/"):
            raise HTTPException(404)
        return Response(file.data, media_type=file.content_type, headers={"x-content-type-options": "nosniff"})

    def _who(self, request: Request) -> Conversation:
        found = self._state.by_code.get(request.path_params["code"])
        if found is None:
            raise HTTPException(404)
        return found

    def _page(self, name: str, **values: Any) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(name).render(**{"before": None} | values))


def _clock(bubble: Bubble, before: Bubble | None) -> str:
    """Return the time to print above a bubble: only after a silence of five minutes, as chats do."""
    if before is not None and (bubble.at - before.at).total_seconds() < 300:
        return ""
    local: datetime = bubble.at.astimezone(_CHINA)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
