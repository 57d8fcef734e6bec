"""Parked messages and texts that did not arrive: the office retries, confirms or gives up, and says why."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.console.board import READERS
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import Role, SignedIn
from handlers.casework.trouble import check_delivery, check_parked, parked_messages, undelivered
from handlers.delivery.decide import DECISION_NAMES, Decision, decide_in
from handlers.errors import HuiyingError, NotFound
from handlers.intake.retry import retry_now

router = APIRouter(prefix="/console/board", include_in_schema=False)
_DECIDERS: Final = (Role.HEAD, Role.OFFICE)
_TOLD: Final = {
    Decision.RESEND: "已放回发送队列，很快重发。",
    Decision.CONFIRM_SENT: "已记为送达。",
    Decision.GIVE_UP: "不再发送；答复仍未送达，请用电话等方式告知并登记。",
}


@router.get("/parked")
def parked(request: Request, me: Annotated[SignedIn, requires(*READERS)]) -> Response:
    """The messages whose reading failed; they have their number and wait in triage meanwhile."""
    with services(request).core.database.read() as session:
        rows = parked_messages(session, me)
    return render(request, "console/office/parked.html", rows=rows, may_retry=me.role is Role.OFFICE)


@router.post("/parked/{message_id}/retry")
def retry(request: Request, message_id: int, me: Annotated[SignedIn, requires(Role.OFFICE)]) -> Response:
    """Bring the next try forward to now."""
    house = services(request)
    with house.core.database.write() as session:
        check_parked(session, me, message_id)
        retry_now(session, message_id, house.now())
    return done("/console/board/parked", "已安排马上重试，一分钟内出结果；还不成功会留在这里。")


@router.get("/deliveries")
def deliveries(request: Request, me: Annotated[SignedIn, requires(*READERS)]) -> Response:
    """The texts that failed or of which nobody can say."""
    return _deliveries(request, me)


@router.post("/deliveries/{delivery_id}")
def decide_delivery(
    request: Request,
    delivery_id: int,
    me: Annotated[SignedIn, requires(*_DECIDERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Resend, confirm or give up, with the reason."""
    house = services(request)
    try:
        decision = Decision(form.text("decision"))
        with house.core.database.write() as session:
            check_delivery(session, me, delivery_id)
            decide_in(session, house.core, delivery_id, decision, me.officer_id, form.text("why"), house.now())
    except NotFound:
        raise
    except ValueError:
        return _deliveries(request, me, 422, "请选择怎么处理。", delivery_id, form.text("why"))
    except HuiyingError as fault:
        return _deliveries(request, me, status_of(fault), str(fault), delivery_id, form.text("why"))
    return done("/console/board/deliveries", _TOLD[decision])


def _deliveries(
    request: Request, me: SignedIn, status: int = 200, fault: str = "", at: int = 0, why: str = ""
) -> Response:
    with services(request).core.database.read() as session:
        rows = undelivered(session, me)
    return render(
        request,
        "console/office/deliveries.html",
        status,
        rows=rows,
        may_decide=me.role in _DECIDERS,
        decisions=list(DECISION_NAMES.items()),
        fault=fault,
        fault_at=at,
        typed=why,
    )
