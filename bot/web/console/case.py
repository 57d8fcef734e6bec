"""The case page: conversation, what was understood, clocks, reply, history; and the buttons that move a case on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.access import requires
from bot.web.console import documents, procedure, window, writing
from bot.web.console.around import around
from bot.web.console.doing import press
from bot.web.console.moves import BUTTONS
from bot.web.console.signing.moves import BUTTONS as SIGNING
from bot.web.console.signing.view import acts_view
from bot.web.console.together.parts import parts_of
from bot.web.console.writing_view import writing_view
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.marking import Piece, marked
from bot.web.pages import done, render, services
from handlers.accounts.directory import of_section, takers_of_reports
from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, Role, SignedIn
from handlers.casework.access import see
from handlers.casework.attempts import outcome_choices
from handlers.casework.conversation import Entry
from handlers.casework.grading import CHOICES
from handlers.casework.lines import CaseLine, lines
from handlers.casework.moves import MOVES
from handlers.casework.page import CasePage, NoteView
from handlers.casework.page import case_page as case_page_of
from handlers.casework.queues import case_id_of
from handlers.casework.states import ACCUSED_TYPES
from handlers.casework.trouble import AT_ONCE
from handlers.core import Core
from handlers.deadlines.clocks import pauses_of
from handlers.deadlines.explain import explain
from handlers.deadlines.local import limits_of
from handlers.errors import HuiyingError, InvalidInput, NotFound
from handlers.escalation.alerts import acknowledge
from handlers.guides.outcome import sent_guide
from handlers.neighbours.show import Similar, alike_to, similar_to
from handlers.records import Alert, Case, Clock
from handlers.records.of_case import may_hold, note_absent
from handlers.supervision.views import slips_of_case
from handlers.taxonomy import KINDS, RATINGS, RESULTS, SENTIMENTS, TOPICS, WISHED_ANSWERS
from handlers.together.presence import opening

router = APIRouter(prefix="/console/cases", include_in_schema=False)
#: What a unit is, as the list of units says it.
UNIT_KINDS = {
    "district": "旗县区",
    "street": "街道乡镇",
    "affiliated": "直属单位",
    "department": "部门",
    "hotline": "热线",
}
#: How many similar cases the page names; the others stand side by side on a page of their own.
_SIMILAR: Final = 5
ALL_BUTTONS = {**BUTTONS, **procedure.BUTTONS, **SIGNING}
_ALERTS: Final = (
    select(Alert)
    .where(Alert.case_id == bindparam("case_id"), Alert.state == "open", Alert.kind.in_(AT_ONCE))
    .order_by(Alert.id)
)


@router.get("/{number}")
def case_page(request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """Show the case; the reading is recorded as a case event."""
    return _show(request, me, number)


@router.get("/{number}/clocks/{clock_id}")
def clock_page(
    request: Request, number: str, clock_id: int, me: Annotated[SignedIn, requires(*CASE_READERS)]
) -> Response:
    """Why a limit ends on that day, day by day."""
    house = services(request)
    with house.core.database.read() as session:
        case = see(session, me, case_id_of(session, me, number))
        clock = session.get(Clock, clock_id)
        if clock is None or clock.case_id != case.id:
            raise NotFound("这件诉求没有这个时限。")
        rule, hours = limits_of(house.profile()).rule(clock.rule), house.profile().hours
        told = explain(rule, clock.started_at, house.core.calendar(), hours, pauses_of(clock), clock.extended_by)
        return render(request, "console/clock.html", number=number, clock=clock, told=told)


@router.post("/{number}/alerts/{alert_id}")
def acknowledge_alert(
    request: Request, number: str, alert_id: int, me: Annotated[SignedIn, requires(*CASE_WORKERS)]
) -> Response:
    """Somebody has seen the alert; an urgent one is handed on no further."""
    house = services(request)
    with house.core.database.write() as session:
        case = see(session, me, case_id_of(session, me, number))
        alert = session.get(Alert, alert_id)
        if alert is None or alert.case_id != case.id:
            raise NotFound("没有这条提醒。")
        first = acknowledge(session, house.core, alert_id, me.officer_id, house.now())
    return done(f"/console/cases/{number}", "已确认提醒，不再往下通知。" if first else "这条提醒已有人确认。")


@router.post("/{number}/{move}")
def move(
    request: Request,
    number: str,
    move: str,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Make one move; on a fault show the page again as it is now, with what was typed."""
    if move not in ALL_BUTTONS:
        raise NotFound("没有这个操作。")
    wants_json = request.headers.get("accept", "").startswith("application/json")
    try:
        writing.before_issue(request, me, number, move, form)
        did, sees = press(request, me, number, form, ALL_BUTTONS[move])
    except NotFound:
        raise
    except HuiyingError as fault:
        status = status_of(fault)
        if wants_json:
            return JSONResponse({"error": str(fault)}, status)
        return _show(request, me, number, status, fault=fault, move=move, typed=form.values())
    if wants_json:
        return JSONResponse({"notice": did.notice})
    return done(f"/console/cases/{did.number or number}" if sees else "/console", did.notice)


def _show(
    request: Request,
    me: SignedIn,
    number: str,
    status: int = 200,
    *,
    fault: HuiyingError | None = None,
    move: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    house, now = services(request), services(request).now()
    with opening(house.core, me, number, now) as case_id, house.core.database.read() as session:
        case = see(session, me, case_id)
        note_absent(session, case_id)
        page = case_page_of(session, house.core, me, case, now)
        field = fault.field if isinstance(fault, InvalidInput) else ""
        return render(
            request,
            "console/case.html",
            status,
            page=page,
            case=page.case,
            pieces=_pieces(page),
            talk=_talk(page),
            alerts=_open_alerts(session, page.case),
            around=around(session, house.core, me, page.case),
            scanning=house.files.scanned_only,
            window=window.outlook(house, session, page),
            sent=window.sent_lines(session, house.core, page),
            guide=sent_guide(session, page.case),
            writing=writing_view(
                session, house.core, me, page, _typed(move, typed), request.query_params.get("result", ""), now
            ),
            slips=slips_of_case(session, house.core, me, case_id, now),
            acts=acts_view(page),
            documents=documents.section(session, house.core, me, page.case),
            procedure=procedure.section(session, house.core, me, page, now),
            similar=_similar(session, house.core, me, case, now),
            similar_count=len(alike_to(session, me, case)),
            together=parts_of(session, house.core, me, page.case, now),
            choices=_choices(session, house.core, me, page),
            result_name=RESULTS.get(page.case.result, ""),
            wished_name=WISHED_ANSWERS.get(page.case.wished_answer, ""),
            rating_name=RATINGS.get(page.case.rating, ""),
            fault=str(fault) if fault else "",
            fault_field=field,
            fault_move=move,
            fault_verb=MOVES[move].verb if move else "",
            typed=typed or {},
        )


def _typed(move: str, typed: Mapping[str, str] | None) -> str | None:
    """What was typed into the reply box before a fault; ``None`` shows the draft."""
    return typed.get("text") if typed and move in ("answer", "draft", "issue", "approve", "send_back") else None


def _pieces(page: CasePage) -> dict[int, list[Piece]]:
    """The citizen's texts by message id, cut at the words that decided."""
    marks: dict[int, list[tuple[int, int, str]]] = {}
    for label in page.labels:
        marks.setdefault(label.message_id, []).extend((s, e, label.title) for s, e, _ in label.evidence)
    return {
        entry.ident: marked(entry.text, marks.get(entry.ident, ())) for entry in page.conversation
        if entry.side == "citizen"
    }  # fmt: skip


def _talk(page: CasePage) -> list[tuple[str, Entry | NoteView]]:
    """Letters, our texts and internal notes in the order of time."""
    both: list[tuple[str, Entry | NoteView]] = [("entry", entry) for entry in page.conversation]
    both += [("note", note) for note in page.notes]
    return sorted(both, key=lambda item: item[1].at)


def _open_alerts(session: Session, case: Case) -> list[Alert]:
    return list(session.scalars(_ALERTS, {"case_id": case.id})) if may_hold(session, Alert, case.id) else []


def _similar(session: Session, core: Core, me: SignedIn, case: Case, now: datetime) -> list[tuple[CaseLine, Similar]]:
    found = similar_to(session, me, case, _SIMILAR)
    shown = {line.case_id: line for line in lines(session, core, [similar.case for similar in found], now)}
    return [(shown[similar.case.id], similar) for similar in found]


def _choices(session: Session, core: Core, me: SignedIn, page: CasePage) -> dict[str, Any]:
    profile, section = core.profile(), page.case.section_code or ""
    kinds = UNIT_KINDS
    recipients = [one for one in takers_of_reports(session, CASE_WORKERS) if one.id != me.officer_id]
    return {
        "sections": [("", "请选择科室"), *((s.code, s.name) for s in profile.sections if s.code != section)],
        "all_sections": [("", "请选择科室"), *((s.code, s.name) for s in profile.sections)],
        "units": [("", "请选择单位"), *((u.code, f"{u.name}（{kinds[u.kind]}）") for u in profile.units)],
        "officers": [("", "科室待签收"), *((str(o.id), o.name) for o in of_section(session, section or me.section))],
        "recipients": [("", "请选择"), *((str(o.id), o.name) for o in recipients)],
        "kind": list(KINDS.items()),
        "topic": list(TOPICS.items()),
        "sentiment": list(SENTIMENTS.items()),
        "results": [("", "请选择"), *((c, n) for c, n in RESULTS.items() if c != "forwarded")],
        "outcomes": [("", "请选择"), *outcome_choices()],
        "grades": list(CHOICES),
        "accused": list(ACCUSED_TYPES.items()),
        "messages": [(str(e.ident), f"{e.when} {e.text[:24]}") for e in page.conversation if e.side == "citizen"],
        "head_only": me.role is Role.HEAD,
    }
