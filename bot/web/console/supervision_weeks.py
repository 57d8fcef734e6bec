"""每周督办清单: the page of a week, the weeks before it, and the same as an Excel file."""

from __future__ import annotations

import io
from datetime import date
from typing import Annotated

from fastapi import APIRouter
from openpyxl import Workbook
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.console.sheets import Sheet
from bot.web.pages import render, services
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.errors import NotFound
from handlers.supervision.slips import STATES
from handlers.supervision.weekly import Week, week_of, weeks

router = APIRouter(prefix="/console/supervision/weeks", include_in_schema=False)
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
def latest_week(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """The latest list, and the weeks there are."""
    with services(request).core.database.read() as session:
        known = weeks(session)
    return _show(request, me, known, known[0] if known else None)


@router.get("/{week}.xlsx")
def week_file(request: Request, week: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """One week's list for Excel."""
    found = _found(request, me, _day(week))
    book = Workbook(write_only=True)
    late = Sheet(book, "超期未办", [("科室", 14), ("诉求编号", 16), ("诉求", 50), ("经办人", 10), ("时限", 10),
                                ("到期", 12), ("超期天数", 8)], wrapped=True)  # fmt: skip
    for one in found.cases:
        late.add([one.section, one.number, one.subject, one.officer, one.rule, one.due[:10], one.days_late])
    slips = Sheet(book, "督办单", [("科室", 14), ("督办单", 18), ("诉求编号", 16), ("状态", 12), ("答复期限", 12),
                                ("逾期", 6), ("书面通报", 8), ("退回次数", 8)])  # fmt: skip
    for row in found.slips:
        told = ["是" if row.late else "", "是" if row.noticed else "", row.returns]
        slips.add([row.section, row.number, row.case_number, STATES[row.state], row.due[:10], *told])
    out = io.BytesIO()
    book.save(out)
    headers = {"content-disposition": f'attachment; filename="supervision-{found.week}.xlsx"'}
    return Response(out.getvalue(), media_type=_EXCEL, headers=headers)


@router.get("/{week}")
def week_page(request: Request, week: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """One week's list, now or long after."""
    day = _day(week)
    _found(request, me, day)
    with services(request).core.database.read() as session:
        known = weeks(session)
    return _show(request, me, known, day)


def _show(request: Request, me: SignedIn, known: list[date], week: date | None) -> Response:
    found = _found(request, me, week) if week else None
    groups: dict[str, list[object]] = {}
    for one in found.cases if found else []:
        groups.setdefault(one.section, []).append(one)
    return render(request, "console/supervision/week.html", found=found, groups=groups, weeks=known, states=STATES)


def _found(request: Request, me: SignedIn, week: date) -> Week:
    house = services(request)
    with house.core.database.read() as session:
        found = week_of(session, house.core, me, week)
    if found is None:
        raise NotFound("没有这一周的督办清单。")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("没有这一周的督办清单。") from None
