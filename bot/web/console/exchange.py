"""导出: a queue or a search as an Excel file, and the record of who took what."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import parse_qsl, quote

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.web.access import requires
from bot.web.console.search_form import filters_of, given_in, in_words
from bot.web.formats import local
from bot.web.forms import Posted, posted
from bot.web.limits import limited
from bot.web.pages import render, services
from handlers.accounts.roles import CASE_READERS, Role, SignedIn
from handlers.casework.queues import QUEUES
from handlers.errors import NotFound
from handlers.exchange.exports import Order, export_cases, recorded
from handlers.search.index import catch_up
from handlers.search.words import read_words

router = APIRouter(prefix="/console/exchange", include_in_schema=False, dependencies=[limited("page")])
log = structlog.get_logger("huiying.web")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/exports")
def exports_page(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """Who exported what, and how many rows went out."""
    with services(request).core.database.read() as session:
        rows = recorded(session, me)
    return render(request, "console/exports.html", rows=rows, all_of_them=me.role not in (Role.OFFICER, Role.HEAD))


@router.post("/export")
def export(
    request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """The list as it stands now, streamed; ``list`` names a queue in its own order, else it is a search."""
    house, now = services(request), services(request).now()
    given = given_in(dict(parse_qsl(form.text("query"))))
    queue = form.text("list")
    if queue and (queue not in QUEUES or not me.roles & {*QUEUES[queue].roles}):
        raise NotFound("没有这个队列，或您的角色没有这个队列。")
    said = in_words(given, me, house.profile())
    what = f"队列“{QUEUES[queue].name}”，{said}" if queue else f"查找，{said}"
    catch_up(house.core)
    words = read_words(given.get("q", ""), house.core.vault)
    kept = given | ({"list": queue} if queue else {})
    chunks = export_cases(house.core, me, Order(what, filters_of(given), words, queue, kept), now, house.now)
    log.info("cases exported", officer=me.login, list=queue or "search")
    title = QUEUES[queue].name if queue else "查找结果"
    return StreamingResponse(chunks, media_type=XLSX, headers=saved_as(f"{title}-{local(now):%Y%m%d-%H%M}.xlsx"))


def saved_as(name: str) -> dict[str, str]:
    """The header that has a browser save an answer under a Chinese name."""
    return {"content-disposition": f"attachment; filename=\"huiying.xlsx\"; filename*=UTF-8''{quote(name)}"}
