"""工作日历: the year's holiday notice pasted or uploaded, looked at, then loaded; open clocks follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.console.admin import only_admin, page
from bot.web.forms import Posted, posted
from bot.web.pages import done, services
from handlers.accounts.roles import SignedIn
from handlers.deadlines.calendar_edit import Preview, load, preview, years
from handlers.deadlines.local import limits_of, rule_words
from handlers.deadlines.notice import Notice, read_notice
from handlers.deadlines.recompute import Recount
from handlers.deadlines.worktime import local_day
from handlers.errors import CalendarFault, Conflict, HuiyingError, InvalidInput
from handlers.organisation.profile import Profile
from handlers.supervision.sweep import recount_slips

router = APIRouter(prefix="/console/admin", include_in_schema=False)
log = structlog.get_logger("huiying.admin")

Form = Annotated[Posted, Depends(posted)]
_MOST_ROWS: Final = 200
_WORKBOOK: Final = b"PK"  # how an .xlsx begins


@router.get("/calendar")
def calendar_page(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """The years as loaded, and the form for the next notice."""
    return _page(request)


@router.post("/calendar")
def edit_calendar(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Show what a notice would change (``do=preview``), or load it as previewed (``do=load``)."""
    house, typed = services(request), form.values()
    core, now = house.core, house.now()
    try:
        typed["table"] = _table(form)
        year = form.number("year")
        if year is None:
            raise InvalidInput("请选择年份。", field="year")
        notice = read_notice(typed["table"], year, form.text("number"), local_day(now))
        if form.text("do") != "load":
            return _page(request, typed=typed, seen=preview(core, notice, now))
        counted = load(core, notice, form.text("calendar"), now, f"officer:{me.officer_id}")
        recount_slips(core, now)
    except HuiyingError as fault:
        return _page(request, 409 if isinstance(fault, Conflict) else 422, {_field(fault): str(fault)}, typed)
    log.info("calendar loaded", officer=me.login, year=notice.year, number=notice.number, moved=counted.moved)
    return done("/console/admin/calendar", _said(notice, counted))


def _page(
    request: Request,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    seen: Preview | None = None,
) -> Response:
    house = services(request)
    today = local_day(house.now())
    with house.core.database.read() as session:
        loaded = years(session, today)
    open_years = [row for row in loaded if row.year >= today.year]
    wanted = next((row.year for row in open_years if row.provisional), today.year + 1)
    values: dict[str, Any] = {
        "rows": loaded,
        "year_list": [(str(row.year), f"{row.year} 年") for row in open_years],
        "typed": {"year": str(wanted), "number": "", "table": ""} | dict(typed or {}),
        "preview": seen,
        "moved": _moved(house.profile(), seen) if seen else [],
        "more": max(0, len(seen.moved) - _MOST_ROWS) if seen else 0,
    }
    return page(request, "admin_calendar.html", status, errors=errors or {}, **values)


def _table(form: Posted) -> str:
    """The uploaded file's text, else what was pasted."""
    upload = next(iter(form.files("file")), None)
    if upload is None:
        return form.raw("table")
    if upload.data.startswith(_WORKBOOK):
        raise InvalidInput("读不了 Excel 工作簿：请另存为 CSV 再上传，或把表格复制粘贴到下面。", field="file")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return upload.data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput("这个文件不是文字表格：请上传 CSV 或文本文件。", field="file")


def _field(fault: HuiyingError) -> str:
    if isinstance(fault, InvalidInput):
        return fault.field
    return "table" if isinstance(fault, CalendarFault) else ""


def _moved(profile: Profile, seen: Preview) -> list[tuple[str, str, str, int, int]]:
    """Rows of the preview: rule, old last day, new one ("" where it only stops being provisional), how many, over."""
    rows = sorted(seen.moved, key=lambda row: (row.before == row.after, row.before, row.rule))
    names = {code: f"{rule.name}（{rule_words(profile, code)}）" for code, rule in limits_of(profile).rules.items()}
    return [
        (names.get(row.rule, row.rule), _shown(row.before), _shown(row.after) if row.after != row.before else "",
         row.clocks, row.overdue)
        for row in rows[:_MOST_ROWS]
    ]  # fmt: skip


def _shown(due: str) -> str:
    return due[:16].replace("T", " ")


def _said(notice: Notice, counted: Recount) -> str:
    failed = f"，{counted.failed} 个无法计算，请查看日志" if counted.failed else ""
    return (
        f"{notice.year} 年放假安排已载入。核对了 {counted.clocks} 个未结的计时："
        f"{counted.moved} 个期限变动，{counted.confirmed} 个由暂定转为确定{failed}。"
    )
