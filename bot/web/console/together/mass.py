"""批量处理: the ticked cases of a list, first what would become of each, then done one by one, then the report."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.forms import Posted, posted, whole
from bot.web.pages import render, safe_path, services
from handlers.accounts.directory import of_section
from handlers.accounts.roles import Role, SignedIn
from handlers.errors import InvalidInput
from handlers.together.mass import ACTS, Wish, apply, preview
from handlers.together.outcome import Outcome

router = APIRouter(prefix="/console/mass", include_in_schema=False)
_ROLES = (Role.OFFICER, Role.HEAD, Role.OFFICE)


@router.post("")
def choose(
    request: Request, me: Annotated[SignedIn, requires(*_ROLES)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Show the ticked cases, ask what to do with them, and (once that is said) what would become of each."""
    wish = _wish(form)
    if form.flag("back_to_form") or not form.text("act"):
        return _page(request, me, form)
    try:
        _check(wish)
        outcomes = preview(services(request).core, me, wish, services(request).now())
    except InvalidInput as fault:
        return _page(request, me, form, fault=fault)
    return _page(request, me, form, outcomes=outcomes)


@router.post("/apply")
def carry_out(
    request: Request, me: Annotated[SignedIn, requires(*_ROLES)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Do what the preview showed and say what became of each case."""
    try:
        wish = _wish(form)
        _check(wish)
        outcomes = apply(services(request).core, me, wish, services(request).now())
    except InvalidInput as fault:
        return _page(request, me, form, fault=fault)
    return _page(request, me, form, outcomes=outcomes, done=True)


def _wish(form: Posted) -> Wish:
    pairs = (item.partition(":") for item in form.many("case"))
    chosen = tuple((number, seen) for number, _, text in pairs if (seen := whole(text)) is not None)
    kind, _, code = form.text("to").partition(":")
    return Wish(
        act=form.text("act"),
        chosen=chosen,
        section=code if kind == "section" else "",
        officer_id=whole(code) if kind == "officer" else None,
        reason=form.text("reason"),
        number=form.text("number"),
    )


def _check(wish: Wish) -> None:
    if wish.act in ("assign", "transfer") and not (wish.section or wish.officer_id):
        raise InvalidInput("请选择交给谁。", "to")
    if wish.act == "transfer" and (wish.officer_id or not wish.reason):
        raise InvalidInput("转办请选择科室并写明理由。", "reason")
    if wish.act == "duplicate" and not wish.number:
        raise InvalidInput("请写明并入哪一件（编号）。", "number")


def _page(
    request: Request,
    me: SignedIn,
    form: Posted,
    *,
    fault: InvalidInput | None = None,
    outcomes: list[Outcome] | None = None,
    done: bool = False,
) -> Response:
    house = services(request)
    officers = []
    if me.role is Role.HEAD and me.section:
        with house.core.database.read() as session:
            officers = [(f"officer:{row.id}", f"本科室 {row.name}") for row in of_section(session, me.section)]
    sections = [(f"section:{section.code}", section.name) for section in house.profile().sections]
    return render(
        request,
        "console/together/mass.html",
        422 if fault else 200,
        chosen=[item for item in form.many("case") if item],
        acts=[(code, name) for code, name in ACTS.items() if code != "assign" or me.role is not Role.OFFICER],
        to=officers + sections,
        typed=form.values(),
        errors={fault.field: str(fault)} if fault else {},
        outcomes=outcomes,
        good=sum(outcome.done for outcome in outcomes or ()),
        did=done,
        back=safe_path(form.text("back"), "/console"),
    )
