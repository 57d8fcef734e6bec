"""Who is looking or writing now: the case page says every few seconds that it is open, and is told."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.access import requires
from bot.web.forms import Posted, posted
from bot.web.pages import services
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.casework.doing import held_by_other, officer_name
from handlers.casework.queues import case_id_of
from handlers.records import Case
from handlers.together import presence

router = APIRouter(prefix="/console/cases", include_in_schema=False)
_CHANGED: Final = "这件刚有变化，请刷新看看；您写的草稿请先保存。"


@router.post("/{number}/presence")
def here(
    request: Request,
    number: str,
    me: Annotated[SignedIn, requires(*CASE_READERS, by_itself=True)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Note that the page is open (or was closed: ``left``) and say who else is there, who holds it, what changed."""
    house, now = services(request), services(request).now()
    writing, left = form.flag("writing"), form.flag("left")
    with house.core.database.read() as session:
        case_id = case_id_of(session, me, number)
        write = left or presence.needs_writing(session, me, case_id, now, writing=writing)
    if write:
        with house.core.database.write() as session:
            if left:
                presence.leave(session, me, case_id)
            else:
                presence.stays(session, me, case_id, now, writing=writing)
    with house.core.database.read() as session:
        case = session.get_one(Case, case_id)
        words = presence.in_words(presence.others(session, me, case_id, now))
        holder = officer_name(session, case.officer_id) if held_by_other(me, case, now) else ""
        changed = form.number("version") not in (None, case.version)
    held = f"{holder} 已签收，正在办理。" if holder else ""
    return JSONResponse({"here": words, "held": held, "changed": _CHANGED if changed else ""})
