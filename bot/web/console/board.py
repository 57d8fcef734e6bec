"""The office board: what waits, is about to be late, is late or stuck — each number a link to its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import Role, SignedIn
from handlers.casework.board import SectionFigures, figures, totals, trouble
from handlers.casework.gaps import number_gaps
from handlers.casework.lines import CaseLine
from handlers.casework.oversee import supervise
from handlers.casework.queues import QUEUES, case_id_of, counts
from handlers.casework.trouble import alerts, pressing
from handlers.deadlines.calendar_store import missing_year
from handlers.deadlines.worktime import local_day
from handlers.errors import HuiyingError, NotFound
from handlers.escalation.mandatory import waiting_for
from handlers.supervision.views import slip_counts
from scheduler.heartbeat import stale_jobs

router = APIRouter(prefix="/console/board", include_in_schema=False)

_LOOK_BACK: Final = timedelta(days=31)
READERS: Final = (Role.HEAD, Role.OFFICE, Role.LEADER, Role.AUDITOR)
#: The columns of the table: attribute of the figures, heading, queue behind it, further filter.
COLUMNS: Final = (
    ("open", "在办", "open", ""),
    ("unclaimed", "待签收", "unclaimed", ""),
    ("due_soon", "快到期", "due_soon", ""),
    ("late", "已超期", "late", ""),
    ("in_review", "待审核签发", "open", "state=in_review"),
    ("with_unit", "交办中", "with_unit", ""),
    ("to_deliver", "待送达", "to_deliver", ""),
    ("answered", "待评价", "answered", ""),
    ("unread", "新来信", "unread", ""),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure on top of the board; ``bad`` ones above zero are marked red, ``warn`` yellow, in words too."""

    name: str
    count: int
    href: str
    mark: str = ""


@router.get("")
def board(request: Request, me: Annotated[SignedIn, requires(*READERS)]) -> Response:
    """Show the board; a head sees the own section only."""
    return _show(request, me)


@router.post("/supervise")
def supervise_case(
    request: Request,
    me: Annotated[SignedIn, requires(Role.OFFICE, Role.LEADER)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """督办 from the board, with what is demanded."""
    house, number = services(request), form.text("number")
    try:
        with house.core.database.write() as session:
            case_id, version = case_id_of(session, me, number), form.number("version") or 0
            supervise(session, house.core, me, case_id, version, text=form.text("text"), now=house.now())
    except NotFound:
        raise
    except HuiyingError as fault:
        return _show(request, me, status_of(fault), fault=str(fault), number=number, text=form.text("text"))
    return done("/console/board", f"已督办 {number}，承办人打开这件时会看到您的要求。")


def _show(
    request: Request, me: SignedIn, status: int = 200, *, fault: str = "", number: str = "", text: str = ""
) -> Response:
    house, now = services(request), services(request).now()
    with house.core.database.read() as session:
        rows = [row for row in figures(session, house.core, me, now) if _shown(me, row)]
        found = trouble(session, me)
        waiting = counts(session, me, now)
        worst: list[CaseLine] = pressing(session, house.core, me, now, limit=10)
        open_alerts = alerts(session, me)
        warnings = _warnings(request, session, me)
        slips = slip_counts(session, me, now)
    return render(
        request,
        "console/office/board.html",
        status,
        rows=rows,
        total=totals(rows),
        columns=COLUMNS,
        tiles=[*_tiles(me, waiting, found, len(open_alerts)), *_slip_tiles(slips)],
        worst=worst,
        harm=waiting_for(session, me, now),
        warnings=warnings,
        may_supervise=bool(me.roles & {Role.OFFICE, Role.LEADER}),
        fault=fault,
        fault_number=number,
        typed=text,
    )


def _shown(me: SignedIn, row: SectionFigures) -> bool:
    return me.role is not Role.HEAD or row.code == me.section or row.open > 0


def _tiles(me: SignedIn, waiting: dict[str, int], found: Any, alert_count: int) -> list[Tile]:
    marks = {"late": "red", "due_soon": "yellow"}
    wanted = ("triage", "due_soon", "late", "review", "unread", "to_deliver", "unsettled", "restricted")
    tiles = [
        Tile(QUEUES[code].name, waiting[code], _queue(me, code), marks.get(code, ""))
        for code in wanted
        if code in waiting and (code != "restricted" or waiting[code])
    ]
    tiles.append(Tile("未送达、不明", found.failed + found.unknown, "/console/board/deliveries", "red"))
    tiles.append(Tile("处理出错", found.parked, "/console/board/parked", "red"))
    tiles.append(Tile("待确认提醒", alert_count, "/console/alerts", "yellow"))
    return tiles


def _slip_tiles(slips: dict[str, int]) -> list[Tile]:
    marks = {"open": ("督办待答复", "yellow"), "late": ("督办逾期未答", "red"), "answered": ("督办待审核", "yellow")}
    return [Tile(name, slips[code], f"/console/supervision?which={code}", mark) for code, (name, mark) in marks.items()]


def _queue(me: SignedIn, code: str) -> str:
    return "/console/triage" if code == "triage" and me.role is Role.OFFICE else f"/console/queue/{code}"


def _warnings(request: Request, session: Any, me: SignedIn) -> list[tuple[str, str]]:
    """(colour, words) of what is wrong with the house itself, for whoever watches over all of it."""
    if me.role is Role.HEAD:
        return []
    house, now = services(request), services(request).now()
    found = []
    still = stale_jobs(session, now)
    if still:
        found.append(("red", f"定时任务没有在运行（{'、'.join(still[:4])}）：预警和送达可能停了。请检查调度进程。"))
    gaps = number_gaps(session, local_day(now) - _LOOK_BACK)
    if gaps:
        found.append(("red", f"受理编号有缺口（{'；'.join(gaps[:3])}）。缺口说明有记录被直接删除，请核对备份。"))
    year = missing_year(house.core.calendar(), now)
    if year is not None:
        found.append(("yellow", f"{year} 年工作日历还没有载入，跨年的期限为暂定。国务院通知发布后请管理员载入。"))
    return found
