"""督办: the slips by what is to be done, one slip with its turns, its answer, the office's decision, its papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, Role, SignedIn
from handlers.casework.access import see
from handlers.core import Core
from handlers.deadlines.local import limits_of
from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.records import SupervisionSlip
from handlers.supervision import slips
from handlers.supervision.paper import notice_document, notices_of, slip_document
from handlers.supervision.views import TURNS, lists, slip_counts, slip_page, slip_rows

router = APIRouter(prefix="/console/supervision", include_in_schema=False)
Form = Annotated[Posted, Depends(posted)]
Worker = Annotated[SignedIn, requires(*CASE_WORKERS)]


@router.get("")
def slip_list(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)], which: str = "open") -> Response:
    """The slips this person may see, in one of the lists."""
    house, now = services(request), services(request).now()
    names = {code: name for code, (name, _) in lists(now).items()}
    chosen = which if which in names else "open"
    with house.core.database.read() as session:
        rows, counts = slip_rows(session, house.core, me, chosen, now), slip_counts(session, me, now)
    rule = limits_of(house.profile()).rule(slips.ANSWER_RULE)
    return render(
        request, "console/supervision/list.html", rows=rows, counts=counts, which=chosen, names=names, rule=rule
    )


@router.get("/{slip_id}")
def slip_view(request: Request, slip_id: int, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """One slip."""
    return _one(request, me, slip_id)


@router.post("/{slip_id}/{verb}")
def act(request: Request, slip_id: int, verb: str, me: Worker, form: Form) -> Response:
    """答复, 了结, 退回, 撤回, 制作文书, 制作通报."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            said = _do(session, house.core, me, slip_id, verb, form, request)
    except (InvalidInput, Conflict) as fault:
        field = fault.field if isinstance(fault, InvalidInput) else ""
        return _one(request, me, slip_id, status_of(fault), {field: str(fault)}, form.values(), verb)
    return done(f"/console/supervision/{slip_id}", said)


def _do(session: Session, core: Core, me: SignedIn, slip_id: int, verb: str, form: Posted, request: Request) -> str:
    house, now = services(request), services(request).now()
    if verb == "answer":
        given = {"reason": form.text("reason"), "measures": form.text("measures")}
        slips.answer(session, core, me, slip_id, **given, now=now)
        return "已答复，办公室会审核。"
    if verb == "accept":
        slips.accept(session, core, me, slip_id, note=form.text("note"), now=now)
        return "已了结。"
    if verb == "return":
        slips.send_back(session, core, me, slip_id, note=form.text("note"), now=now)
        return "已退回，科室重新说明的期限从现在起算。"
    if verb == "withdraw":
        slips.withdraw(session, core, me, slip_id, note=form.text("note"), now=now)
        return "已撤回。"
    if verb not in ("document", "notice"):
        raise NotFound("没有这个操作。")
    slip = session.get(SupervisionSlip, slip_id)
    if slip is None:
        raise NotFound("没有这张督办单，或者您无权查看。")
    see(session, me, slip.case_id)
    make = slip_document if verb == "document" else notice_document
    made = make(session, house.desk, me, slip, now)
    return f"已制作《{made.name}》{made.number}，可以下载打印。"


def _one(
    request: Request,
    me: SignedIn,
    slip_id: int,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    verb: str = "",
) -> Response:
    house, now = services(request), services(request).now()
    with house.core.database.read() as session:
        page = slip_page(session, house.core, me, slip_id, now)
        notices = notices_of(session, page.row.slip.case_id) if page.case_open else []
    rule = limits_of(house.profile()).rule(slips.ANSWER_RULE)
    return render(
        request, "console/supervision/slip.html", status, page=page, slip=page.row.slip, turns=TURNS, rule=rule,
        notices=notices,
        may_make=bool(me.roles & {Role.OFFICE, Role.LEADER}), errors=errors or {}, typed=typed or {}, verb=verb,
    )  # fmt: skip
