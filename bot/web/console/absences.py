"""外出代班: when one is away and who stands in; the office keeps everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.dates import typed_day
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.absences import absences, add_absence, end_absence, stand_ins
from handlers.accounts.roles import CASE_WORKERS, Role, SignedIn
from handlers.deadlines.worktime import local_day
from handlers.errors import InvalidInput

router = APIRouter(prefix="/console/absences", include_in_schema=False)
_KEEPERS: Final = (*CASE_WORKERS, Role.ADMIN)


@router.get("")
def absence_page(request: Request, me: Annotated[SignedIn, requires(*_KEEPERS)]) -> Response:
    """What is going on and to come, and the form for another."""
    return _page(request, me)


@router.post("")
def add(
    request: Request, me: Annotated[SignedIn, requires(*_KEEPERS)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Note an absence: one's own, or (office, admin) anybody's."""
    house, now = services(request), services(request).now()
    try:
        first, last = typed_day(form, "first"), typed_day(form, "last")
        if first is None or last is None:
            raise InvalidInput("请填开始和结束的日期。", "last" if first else "first")
        with house.core.database.write() as session:
            add_absence(
                session, officer_id=(form.number("officer") or 0) if _keeps_all(me) else me.officer_id,
                stand_in_id=form.number("stand_in") or 0, first=first, last=last, also=form.flag("also"),
                why=form.text("why"), by=me.officer_id, today=local_day(now), now=now,
            )  # fmt: skip
    except InvalidInput as fault:
        return _page(request, me, 422, {fault.field: str(fault)}, form.values())
    return done("/console/absences", "已登记。那几天的提醒、审核和值班转给代班的人。")


@router.post("/{absence_id}/end")
def end(request: Request, absence_id: int, me: Annotated[SignedIn, requires(*_KEEPERS)]) -> Response:
    """Back early, or not going after all."""
    house = services(request)
    with house.core.database.write() as session:
        end_absence(session, absence_id, me.officer_id, house.now(), everybody=_keeps_all(me))
    return done("/console/absences", "已结束，从现在起由本人接手。")


def _page(
    request: Request,
    me: SignedIn,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    house = services(request)
    today, sections = local_day(house.now()), {s.code: s.name for s in house.profile().sections}
    with house.core.database.read() as session:
        rows = absences(session, today, None if _keeps_all(me) else me.officer_id)
        people = [
            (str(officer.id), f"{officer.name}（{sections.get(officer.section_code or '', '不属于科室')}）")
            for officer in stand_ins(session)
        ]
    return render(
        request, "console/absences.html", status, rows=rows, people=[("", "请选择"), *people], today=today,
        everybody=_keeps_all(me), errors=errors or {},
        typed={"first": today.isoformat(), "officer": str(me.officer_id)} | dict(typed or {}),
    )  # fmt: skip


def _keeps_all(me: SignedIn) -> bool:
    return bool(me.roles & {Role.OFFICE, Role.ADMIN})
