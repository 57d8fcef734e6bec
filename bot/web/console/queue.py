"""The work queues: one case two lines, by what is due next; many are handed out from here (mass actions)."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.access import requires
from bot.web.pages import render, services
from handlers.accounts.directory import of_section
from handlers.accounts.roles import CASE_READERS, Role, SignedIn
from handlers.casework.access import sees_all
from handlers.casework.queues import QUEUES, Filters, cases_in, counts
from handlers.casework.states import CASE_STATES
from handlers.casework.today import today
from handlers.errors import NotFound
from handlers.neighbours.show import similar_counts
from handlers.organisation.profile import Profile
from handlers.procedure.consents import consent_count
from handlers.taxonomy import KINDS, SOURCES, TOPICS

router = APIRouter(prefix="/console", include_in_schema=False)

_FILTERS = ("kind", "topic", "section", "source", "state", "colour")
_COLOURS = [("red", "红 已超期"), ("orange", "橙 即将到期"), ("yellow", "黄 快到期")]


@router.get("/counts")
def live_counts(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS, by_itself=True)]) -> Response:
    """The figures of the menu, asked for by the page's script every few seconds."""
    house = services(request)
    with house.core.database.read() as session:
        return JSONResponse(counts(session, me, house.now()) | consent_count(session, me))


@router.get("/queue/{code}")
def queue(request: Request, code: str, me: Annotated[SignedIn, requires(*CASE_READERS)], page: int = 1) -> Response:
    """One page of a queue, narrowed by the filters of the address."""
    if code not in QUEUES or not me.roles & {*QUEUES[code].roles}:
        raise NotFound("没有这个队列，或您的角色没有这个队列。")
    house, now = services(request), services(request).now()
    given = {name: request.query_params.get(name, "").strip()[:60] for name in _FILTERS}
    with house.core.database.read() as session:
        listed = cases_in(session, house.core, me, code, _filters(given), now, page=page)
        similar = similar_counts(session, me, [line.case_id for line in listed.lines])
        assignees = _assignees(session, me, code, house.profile())
        first = today(session, house.core, me, now) if code in ("mine", "section") and page == 1 else []
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return render(
        request,
        "console/queue.html",
        listed=listed,
        first=[] if any(given.values()) else first,
        similar=similar,
        given=given,
        filtered=any(given.values()),
        choices=_choices(me, code, house.profile()),
        assignees=assignees,
        back=here,
        query=urlencode({name: value for name, value in given.items() if value}),
        previous=_address(request, given, listed.page - 1) if listed.page > 1 else "",
        next=_address(request, given, listed.page + 1) if listed.page < listed.pages else "",
        may_claim=bool(me.roles & {Role.OFFICER, Role.HEAD, Role.OFFICE}),
    )


def _filters(given: dict[str, str]) -> Filters:
    return Filters(
        kind=given["kind"],
        topic=given["topic"],
        section=given["section"],
        source=given["source"],
        state=given["state"],
        colour=given["colour"],
    )


def _choices(me: SignedIn, code: str, profile: Profile) -> list[tuple[str, str, list[tuple[str, str]]]]:
    found = [
        ("colour", "时限", _COLOURS),
        ("kind", "类型", list(KINDS.items())),
        ("topic", "业务", list(TOPICS.items())),
        ("source", "来源", list(SOURCES.items())),
    ]
    if code in ("section", "mine", "open", "all", "late", "due_soon"):
        found.append(("state", "状态", [(state.code, state.name) for state in CASE_STATES.values()]))
    if sees_all(me) and code not in ("triage", "mine", "section"):
        found.append(("section", "科室", [(section.code, section.name) for section in profile.sections]))
    return found


def _assignees(session: Session, me: SignedIn, code: str, profile: Profile) -> list[tuple[str, str]]:
    if me.role is Role.HEAD and me.section and code in ("section", "unclaimed", "due_soon", "late"):
        return [(f"officer:{row.id}", row.name) for row in of_section(session, me.section)]
    if me.role is Role.OFFICE and code in ("triage", "unclaimed"):
        return [(f"section:{section.code}", section.name) for section in profile.sections]
    return []


def _address(request: Request, given: dict[str, str], page: int) -> str:
    query = {name: value for name, value in given.items() if value} | {"page": str(page)}
    return f"{request.url.path}?{urlencode(query)}"
