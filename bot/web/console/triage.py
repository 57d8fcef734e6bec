"""分派台: one waiting case after the other, its labels proposed; a key or a click sends it to its section."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.marking import Piece, marked
from bot.web.pages import done, render, services
from handlers.accounts.roles import Role, SignedIn
from handlers.casework.assign import assign
from handlers.casework.grading import CHOICES, grade_chosen
from handlers.casework.labels import correct_labels
from handlers.casework.page import CasePage, case_page
from handlers.casework.queues import Filters, cases_in, find_number
from handlers.casework.reading import record_reading
from handlers.casework.units import forward
from handlers.core import Core
from handlers.errors import HuiyingError, InvalidInput, NotFound
from handlers.organisation.profile import Profile
from handlers.records import Case
from handlers.taxonomy import KINDS, TOPICS

router = APIRouter(prefix="/console/triage", include_in_schema=False)
_GONE: Final = "这件已不在待分派，可能刚有同事分派了。"


@router.get("")
def triage(request: Request, me: Annotated[SignedIn, requires(Role.OFFICE)], at: str = "", after: str = "") -> Response:
    """Show the case ``at`` (else the most pressing one, or the next one ``after``); its reading is recorded."""
    return _show(request, me, at=at, after=after)


@router.post("/{number}")
def decide(
    request: Request,
    number: str,
    me: Annotated[SignedIn, requires(Role.OFFICE)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """By its topic, to a section, or forwarded to a unit; then on to the next one."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            case_id, version = find_number(session, me, number), form.number("version")
            if case_id is None or version is None:
                raise NotFound(_GONE)
            act = _ACTS.get(form.text("do"), _by_topic)
            notice = act(session, house.core, me, case_id, version, form, house.now())
            stays = session.get_one(Case, case_id).state == "triage"
    except NotFound:
        return done("/console/triage", _GONE)
    except HuiyingError as fault:
        status = status_of(fault)
        return _show(request, me, status, at=number, fault=fault, typed=form.values())
    return done(f"/console/triage?at={number}" if stays else "/console/triage", notice)


def _by_topic(
    session: Session, core: Core, me: SignedIn, case_id: int, version: int, form: Posted, now: datetime
) -> str:
    topic = form.text("topic")
    if not topic:
        raise InvalidInput("请选择业务类别。", "topic")
    labels: dict[str, str | bool | None] = {"topic": topic, "grade": grade_chosen(form.text("urgent")) or ""}
    if form.text("kind"):
        labels["kind"] = form.text("kind")
    case = correct_labels(session, core, me, case_id, version, labels, now=now)
    if case.restricted:
        return f"{case.number} 按举报处理，已限制查看，交举报受理人。"
    if case.section_code:
        return f"{case.number} 已交{core.profile().section(case.section_code).name}。"
    return f"{case.number} 不属本局或已改由其他单位负责：请在“转送单位”里选择去向。"


def _to_section(
    session: Session, core: Core, me: SignedIn, case_id: int, version: int, form: Posted, now: datetime
) -> str:
    case = assign(session, core, me, case_id, version, section=form.text("section"), now=now)
    return f"{case.number} 已交{core.profile().section(form.text('section')).name}。"


def _to_unit(
    session: Session, core: Core, me: SignedIn, case_id: int, version: int, form: Posted, now: datetime
) -> str:
    unit = form.text("unit")
    forward(
        session, core, me, case_id, version, unit=unit, outer_number=form.text("outer_number"), note=form.text("note"),
        now=now,
    )  # fmt: skip
    return f"{session.get_one(Case, case_id).number} 已转送{core.profile().unit(unit).name}，群众会收到去向说明。"


_ACTS: Final = {"topic": _by_topic, "section": _to_section, "unit": _to_unit}


def _show(
    request: Request,
    me: SignedIn,
    status: int = 200,
    *,
    at: str = "",
    after: str = "",
    fault: HuiyingError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    house, now = services(request), services(request).now()
    with house.core.database.read() as session:
        waiting = cases_in(session, house.core, me, "triage", Filters(), now)
        chosen = _chosen([line.number for line in waiting.lines], at, after)
        case_id = find_number(session, me, chosen) if chosen else None
    page = _read(house.core, me, case_id, now) if case_id else None
    field = fault.field if isinstance(fault, InvalidInput) else ""
    return render(
        request,
        "console/office/triage.html",
        status,
        waiting=waiting,
        page=page,
        pieces=_pieces(page) if page else {},
        labels=_labels(page),
        choices=_choices(house.profile()),
        fault=str(fault) if fault else "",
        errors={field: str(fault)} if field else {},
        typed=typed or {},
    )


def _read(core: Core, me: SignedIn, case_id: int, now: datetime) -> CasePage:
    with core.database.write() as session:
        record_reading(session, core, me, case_id, now)
    with core.database.read() as session:
        return case_page(session, core, me, session.get_one(Case, case_id), now)


def _chosen(numbers: list[str], at: str, after: str) -> str:
    if at in numbers:
        return at
    if after in numbers and len(numbers) > 1:
        return numbers[(numbers.index(after) + 1) % len(numbers)]
    return numbers[0] if numbers else ""


def _pieces(page: CasePage) -> dict[int, list[Piece]]:
    """The citizen's texts by message id, cut at the words that decided."""
    marks = [(start, end, label.title) for label in page.labels for start, end, _ in label.evidence]
    first = page.labels[0].message_id
    texts = [entry for entry in page.conversation if entry.side == "citizen"]
    return {entry.ident: marked(entry.text, marks if entry.ident == first else ()) for entry in texts}


def _labels(page: CasePage | None) -> dict[str, Any]:
    return {label.label: label for label in page.labels} if page else {}


def _choices(profile: Profile) -> dict[str, list[tuple[str, str]]]:
    sections = profile.section_names
    units = {unit.code: unit.name for unit in profile.units}

    def goes(topic: str) -> str:
        route = profile.route(topic)
        return f"转 {units[route.transfer_to]}" if route.transfer_to else sections[route.lead]

    topics = [(code, f"{name} → {'转送' if code == 'not_ours' else goes(code)}") for code, name in TOPICS.items()]
    return {
        "topics": [("", "请选择"), *topics],
        "kinds": [("", "未判断"), *KINDS.items()],
        "grades": list(CHOICES),
        "sections": [("", "请选择"), *sections.items()],
        "units": [("", "请选择"), *units.items()],
    }
