"""The alerts of a member of staff (提醒): what is open, and taking note of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, safe_path, services
from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, SignedIn
from handlers.casework.trouble import AT_ONCE, alerts, check_alert
from handlers.escalation.alerts import acknowledge

router = APIRouter(prefix="/console/alerts", include_in_schema=False)


@router.get("")
def alert_list(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)], all: int = 0) -> Response:
    """Open alerts, urgent first, and the latest that were taken note of."""
    with services(request).core.database.read() as session:
        rows = alerts(session, me, everyone=bool(all))
        seen = alerts(session, me, state="acknowledged", limit=20)
    return render(
        request, "console/office/alerts.html", rows=rows, seen=seen, everyone=bool(all), may=me.role in CASE_WORKERS
    )


@router.post("/seen")
def take_note_of_many(
    request: Request, me: Annotated[SignedIn, requires(*CASE_WORKERS)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """确认 every alert of the list but the urgent ones, which are taken one by one."""
    house, count = services(request), 0
    with house.core.database.write() as session:
        offered = {row.alert_id for row in alerts(session, me, everyone=True) if row.kind not in AT_ONCE}
        for alert_id in sorted(form.numbers("alert") & offered):
            count += acknowledge(session, house.core, alert_id, me.officer_id, house.now())
    return done("/console/alerts", f"已确认 {count} 条。")


@router.post("/{alert_id}")
def take_note(
    request: Request,
    alert_id: int,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """确认: an urgent alert is handed on to nobody else."""
    house = services(request)
    with house.core.database.write() as session:
        check_alert(session, me, alert_id)
        first = acknowledge(session, house.core, alert_id, me.officer_id, house.now())
    to = safe_path(form.text("back"), "/console/alerts")
    return done(to, "已确认，不再往下通知。" if first else "这条提醒已有人确认。")
