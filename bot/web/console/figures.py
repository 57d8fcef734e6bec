"""统计: figures from the case events by month, section and track; the cases behind each; the same as an Excel file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Annotated, Any, Final
from urllib.parse import quote, urlencode

import structlog
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.web.access import requires
from bot.web.console import figures_view as view
from bot.web.console.figures_book import write_book
from bot.web.console.trend import picture
from bot.web.limits import limited
from bot.web.pages import render, services
from handlers.accounts.roles import Role, SignedIn
from handlers.casework.access import visible_to
from handlers.casework.lines import CaseLine, lines
from handlers.errors import InvalidInput, NotFound
from handlers.records import Case
from handlers.reports.catalogue import FIGURES
from handlers.reports.period import Month, month_of, parse_month
from handlers.reports.tally import NO_SECTION, Behind, cases_behind, tally
from handlers.taxonomy import TRACKS

router = APIRouter(prefix="/console/figures", include_in_schema=False, dependencies=[limited("page")])
log = structlog.get_logger("huiying.web")

READERS: Final = (Role.HEAD, Role.OFFICE, Role.LEADER, Role.AUDITOR)
_LOOK_BACK: Final = 12
_OFFERED: Final = 36
_PAGE: Final = 50
_CHUNK: Final = 64 * 1024
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARTS: Final = ("of", "good", "rest")


@router.get("")
def month_page(request: Request, me: Annotated[SignedIn, requires(*READERS)], month: str = "") -> Response:
    """One month: every figure, then by section and by track."""
    house, now = services(request), services(request).now()
    chosen, own = _month(request, month), _own(me)
    with house.core.database.read() as session:
        found = tally(session, house.core, [chosen, chosen.before()], now, own)
    profile = house.profile()
    return render(
        request,
        "console/office/figures.html",
        **_common(request, me, chosen),
        headline=view.headline(found, chosen, own),
        sections=[] if own is not None else view.section_rows(found, chosen, view.section_names(profile)),
        tracks=view.track_rows(found, chosen, own),
        running=chosen.end > now,
    )


@router.get("/months")
def months_page(request: Request, me: Annotated[SignedIn, requires(*READERS)], month: str = "") -> Response:
    """The twelve months up to one: a picture, and the table beside it."""
    house, chosen, own = services(request), _month(request, month), _own(me)
    with house.core.database.read() as session:
        found = tally(session, house.core, _months(chosen), house.now(), own)
    return render(
        request,
        "console/office/figures_months.html",
        **_common(request, me, chosen),
        rows=view.month_rows(found, own),
        picture=picture(found),
        anything=bool(found.cells),
    )


@router.get("/cases")
def case_list(
    request: Request,
    me: Annotated[SignedIn, requires(*READERS)],
    month: str = "",
    figure: str = "",
    part: str = "of",
    page: int = 1,
) -> Response:
    """The cases behind one number, as far as this person may see them."""
    house, now, chosen, own = services(request), services(request).now(), _month(request, month), _own(me)
    if figure not in FIGURES or part not in _PARTS:
        raise NotFound("没有这个数字。")
    given = {name: request.query_params.get(name) for name in ("section", "track")}
    section = NO_SECTION if given["section"] == view.NO_SECTION_CODE else given["section"] or None
    behind = Behind(figure, part, section, given["track"] or None)
    with house.core.database.read() as session:
        ids = cases_behind(session, house.core, chosen, behind, now, own)
        listed, total = _lines(request, session, me, sorted(set(ids), reverse=True), page)
    pages = max(1, -(-total // _PAGE))
    return render(
        request,
        "console/office/figures_cases.html",
        **_common(request, me, chosen),
        figure=FIGURES[figure],
        part_name=getattr(FIGURES[figure], part),
        where=_where(request, behind),
        counted=len(ids),
        different=len(set(ids)),
        total=total,
        lines=listed,
        page=page,
        pages=pages,
        previous=_address(request, page - 1) if 1 < page <= pages else "",
        next=_address(request, page + 1) if page < pages else "",
    )


@router.get("/export")
def export(request: Request, me: Annotated[SignedIn, requires(*READERS)], month: str = "") -> Response:
    """The month's figures as an Excel file, with the twelve months, the single cases and the definitions."""
    house, chosen, own = services(request), _month(request, month), _own(me)
    with house.core.database.read() as session:
        book, rows = write_book(session, house.core, _months(chosen), house.now(), own, me.name)
    log.info("figures exported", officer=me.login, month=chosen.code, section=own or "all", rows=rows)
    name = quote(f"统计-{house.profile().short_name}-{chosen.code}.xlsx")
    headers = {"content-disposition": f"attachment; filename=\"figures-{chosen.code}.xlsx\"; filename*=UTF-8''{name}"}
    return StreamingResponse(_chunks(book), media_type=_XLSX, headers=headers)


def _chunks(book: IO[bytes]) -> Iterator[bytes]:
    with book:
        while piece := book.read(_CHUNK):
            yield piece


def _own(me: SignedIn) -> str | None:
    """The one section that the person may see figures of; ``None`` = all. A head without a section sees none."""
    return (me.section or "?") if me.role is Role.HEAD else None


def _month(request: Request, text: str) -> Month:
    house = services(request)
    ends_on = house.settings.month_ends_on
    this = month_of(house.now(), ends_on)
    try:
        return min(parse_month(text, ends_on), this) if text else this
    except InvalidInput:
        raise NotFound("没有这个月份。请从列表里选择。") from None


def _months(last: Month) -> list[Month]:
    return [last.before(n) for n in range(_LOOK_BACK)]


def _common(request: Request, me: SignedIn, chosen: Month) -> dict[str, Any]:
    house = services(request)
    this = month_of(house.now(), chosen.ends_on)
    offered = [this.before(n) for n in range(_OFFERED)]
    if chosen not in offered:
        offered.append(chosen)
    return {
        "month": chosen,
        "offered": [(one.code, one.name) for one in offered],
        "later": chosen.before(-1) if chosen < this else None,
        "figures": list(FIGURES.values()),
        "notes": view.NOTES,
        "whose": view.section_names(house.profile()).get(me.section, "本科室") if me.role is Role.HEAD else "全局",
    }


def _where(request: Request, behind: Behind) -> str:
    names = view.section_names(services(request).profile())
    section = names.get(behind.section, behind.section) if behind.section is not None else ""
    track = TRACKS.get(behind.track, behind.track) if behind.track else ""
    return " · ".join(filter(None, (section, track)))


def _lines(request: Request, session: Session, me: SignedIn, ids: list[int], page: int) -> tuple[list[CaseLine], int]:
    """One page of the cases that the person may see now, and how many those are."""
    house, seen = services(request), list[int]()
    for start in range(0, len(ids), 500):
        wanted = select(Case.id).where(Case.id.in_(ids[start : start + 500]), visible_to(me))
        seen += session.scalars(wanted.order_by(Case.id.desc())).all()
    first = (max(1, page) - 1) * _PAGE
    rows = session.scalars(select(Case).where(Case.id.in_(seen[first : first + _PAGE])).order_by(Case.id.desc()))
    return lines(session, house.core, rows, house.now()), len(seen)


def _address(request: Request, page: int) -> str:
    return f"{request.url.path}?{urlencode(dict(request.query_params) | {'page': str(page)})}"
