"""强制报告 on the case page: entering that the police were told, or why there is nothing to report."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.dates import typed_instant
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import CASE_WORKERS, SignedIn
from handlers.casework.access import see
from handlers.casework.queues import case_id_of
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.escalation.mandatory import WAYS, Told, ask_for_report, dismiss_report, open_of, record_report

router = APIRouter(prefix="/console/cases/{number}/mandatory", include_in_schema=False)
_NOTICES = {
    "ask": "已列为强制报告，正在叫值班人员；请立即向公安机关报告。",
    "report": "已登记向公安机关报告。",
    "dismiss": "已登记不需要报告的理由。",
}


@router.get("")
def form(request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_WORKERS)]) -> Response:
    """The form by itself, for a telephone's small page and for faults."""
    return _form(request, me, number)


@router.post("/{act}")
def act(
    request: Request,
    number: str,
    act: str,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """``ask`` opens the task, ``report`` records what the police were told, ``dismiss`` that there is nothing to it."""
    house = services(request)
    if act not in _NOTICES:
        raise NotFound("没有这个操作。")
    try:
        with house.core.database.write() as session:
            _do(session, house.core, me, case_id_of(session, me, number), act, form, house.now())
    except (InvalidInput, Conflict, NotAllowed) as fault:
        return _form(request, me, number, fault, form, act)
    return done(f"/console/cases/{number}", _NOTICES[act])


def _do(session: Session, core: Core, me: SignedIn, case_id: int, act: str, form: Posted, now: datetime) -> None:
    if act == "ask":
        ask_for_report(session, core, me, case_id, why=form.text("why"), now=now)
    elif act == "dismiss":
        dismiss_report(session, core, me, case_id, why=form.text("why"), now=now)
    else:
        told = Told(
            way=form.text("way"), police_unit=form.text("police_unit"), receipt_number=form.text("receipt_number"),
            at=typed_instant(form, "at") or now, gist=form.text("gist"),
        )  # fmt: skip
        record_report(session, core, me, case_id, told, now=now)


def _form(
    request: Request,
    me: SignedIn,
    number: str,
    fault: InvalidInput | Conflict | NotAllowed | None = None,
    typed: Posted | None = None,
    act: str = "report",
) -> Response:
    field = fault.field if isinstance(fault, InvalidInput) else ""
    with services(request).core.database.read() as session:
        case = see(session, me, case_id_of(session, me, number))
        return render(
            request, "console/mandatory_form.html", 200 if fault is None else 422 if field else 409,
            number=case.number, report=open_of(session, case.id), report_ways=list(WAYS.items()), act=act,
            fault=str(fault or ""), errors={field: str(fault)} if field else {}, typed=typed.values() if typed else {},
        )  # fmt: skip
