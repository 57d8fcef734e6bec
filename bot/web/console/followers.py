"""他人关注 on the case page: entering that somebody may follow the case, and ending it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import CASE_WORKERS, SignedIn
from handlers.casework.access import see
from handlers.casework.doing import actor_of
from handlers.casework.follow import CONSENTS, add_follower, drop_follower, may_add
from handlers.casework.queues import case_id_of
from handlers.errors import InvalidInput, NotAllowed

router = APIRouter(prefix="/console/cases/{number}/followers", include_in_schema=False)


@router.get("")
def form(request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_WORKERS)]) -> Response:
    """Who may follow, and how the person concerned agreed."""
    return _form(request, me, number)


@router.post("/add")
def add(
    request: Request,
    number: str,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Enter a follower; their code stands on the case page, to be told to them."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            fields = {name: form.text(name) for name in ("name", "phone", "relation", "consent", "consent_note")}
            add_follower(
                session, house.core, me, _case(request, me, number), **fields, notices=bool(form.text("notices")),
                now=house.now(),
            )  # fmt: skip
    except (InvalidInput, NotAllowed) as fault:
        return _form(request, me, number, fault, form)
    return done(f"/console/cases/{number}", "已登记关注人。请把编号和关注人自己的查询码告诉对方。")


@router.post("/{follower_id}/drop")
def drop(request: Request, number: str, follower_id: int, me: Annotated[SignedIn, requires(*CASE_WORKERS)]) -> Response:
    """End it: the person concerned does not want it any more."""
    house = services(request)
    with house.core.database.write() as session:
        case_id = _case(request, me, number)
        if not may_add(me, see(session, me, case_id)):
            raise NotAllowed("关注人由办理这件的同事登记。")
        ended = drop_follower(session, house.core, case_id, follower_id, actor_of(me), house.now())
    return done(f"/console/cases/{number}", "已停止，对方的查询码不再能用。" if ended else "已经停止过了。")


def _form(
    request: Request,
    me: SignedIn,
    number: str,
    fault: InvalidInput | NotAllowed | None = None,
    typed: Posted | None = None,
) -> Response:
    _case(request, me, number)
    field = fault.field if isinstance(fault, InvalidInput) else ""
    return render(
        request, "console/follower_form.html", 200 if fault is None else 422, number=number,
        consents=list(CONSENTS.items()), fault=str(fault or ""), errors={field: str(fault)} if field else {},
        typed=typed.values() if typed else {},
    )  # fmt: skip


def _case(request: Request, me: SignedIn, number: str) -> int:
    with services(request).core.database.read() as session:
        return case_id_of(session, me, number)
