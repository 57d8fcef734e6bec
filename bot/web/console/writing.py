"""Writing an answer: saving the draft, checking it, deciding about findings, inserting texts, settling versions.

Every button here belongs to the form of the draft (``formaction``), so that what was typed travels with each press and
nothing needs a script.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.services import Services
from bot.web.access import requires
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.pages import done, services
from handlers.accounts.roles import CASE_WORKERS, SignedIn
from handlers.casework.answer import open_draft
from handlers.casework.doing import lock
from handlers.casework.queues import case_id_of
from handlers.core import Core
from handlers.errors import Conflict, HuiyingError, InvalidInput
from handlers.records import Case
from handlers.writing import beside, decisions, drafts, saved
from handlers.writing.looking import undecided

router = APIRouter(prefix="/console/cases/{number}/writing", include_in_schema=False)

Form = Annotated[Posted, Depends(posted)]
Me = Annotated[SignedIn, requires(*CASE_WORKERS)]


@router.post("/save")
def save(request: Request, number: str, me: Me, form: Form) -> Response:
    """Keep the draft; a script is told what became of it, a browser sees the page again."""
    wants_json = request.headers.get("accept", "").startswith("application/json")
    try:
        kept = _save(request, me, number, form)
    except HuiyingError as fault:
        if not wants_json:
            raise
        return JSONResponse({"error": str(fault)}, status_of(fault))
    if wants_json:
        return JSONResponse({"seen": kept.version, "aside": kept.aside is not None, "why": kept.why})
    return _back(number, form, kept.why or "草稿已保存，群众看不到。", "versions" if kept.aside else "reply")


@router.post("/check")
def check(request: Request, number: str, me: Me, form: Form) -> Response:
    """Save the draft and show what the check points out."""
    kept = _save(request, me, number, form)
    if kept.aside is not None:
        return _back(number, form, kept.why, "versions")
    house = services(request)
    with house.core.database.write() as session:
        case = _case(session, me, number)
        looked = decisions.note_shown(session, house.core, me, case, house.now())
    left = sum(not one.reason for one in looked)
    told = f"核对完了：{left} 处请您看看。" if left else "核对完了，没有要处理的地方。"
    return _back(number, form, told, "check")


@router.post("/keep")
def keep(request: Request, number: str, me: Me, form: Form) -> Response:
    """保留并说明: keep one finding, or all that are left, with a reason."""
    kept = _save(request, me, number, form)
    if kept.clash:
        return _back(number, form, kept.why, "versions")
    house, code = services(request), form.text("keep")
    try:
        with house.core.database.write() as session:
            case = _case(session, me, number)
            codes = form.many("finding") if code == "all" else (code,)
            count = decisions.keep(
                session, house.core, me, case, codes, form.text(f"reason-{code}"), house.now(), form.text("text")
            )
    except (Conflict, InvalidInput) as fault:
        return _back(number, form, f"没有保留：{fault}", "check")
    return _back(number, form, f"已保留 {count} 处，理由已记入办理留痕。", "check")


@router.post("/insert")
def insert(request: Request, number: str, me: Me, form: Form) -> Response:
    """Put a saved reply, an earlier answer or a guide into the draft, at the caret if the page knows it."""
    kept = _save(request, me, number, form)
    if kept.aside is not None:
        return _back(number, form, kept.why, "versions")
    house = services(request)
    with house.core.database.write() as session:
        case = _case(session, me, number)
        piece = _piece(session, house, me, case, form.text("insert") or form.text("saved"))
        reply = open_draft(session, case.id)
        text = _put(reply.text if reply else "", piece, form.number("caret"))
        after = drafts.save(session, house.core, me, case.id, text, kept.version, house.now())
    return _back(number, form, after.why or "已插入草稿，请改成这一件的情况再签发。", "reply")


@router.post("/settle")
def settle(request: Request, number: str, me: Me, form: Form) -> Response:
    """Decide which of two versions of the draft holds; both stay."""
    house = services(request)
    way, _, version = form.text("settle").partition(".")
    if not version.isdigit():
        raise InvalidInput("请选择用哪一份。", "settle")
    try:
        with house.core.database.write() as session:
            case = _case(session, me, number)
            seen = form.number("seen") or 0
            drafts.settle(session, house.core, me, case.id, int(version), way, seen, house.now())
    except Conflict as fault:
        return _back(number, form, f"没有改动：{fault}", "versions")
    told = {
        "take": "草稿已换成这一份，原来的留在旧版本里。",
        "join": "两份已合在一起，请删去重复的。",
        "leave": "已定不用，文字仍留着。",
    }
    return _back(number, form, told[way], "reply")


def before_issue(request: Request, me: SignedIn, number: str, move: str, form: Posted) -> None:
    """What comes before an answer goes on: its words are kept whatever follows, and every finding is decided.

    A reviewer who passes it on leaves the findings to whoever issues it.

    A transaction of its own, so that a refused move loses nothing. Raises Conflict when somebody else wrote in
    between, UndecidedFindings; what else forbids the move, the move itself says.
    """
    if move not in ("answer", "issue", "approve"):
        return
    house, text = services(request), form.text("text")
    with house.core.database.write() as session:
        case = _case(session, me, number)
        reply = open_draft(session, case.id)
        kept = drafts.Saved(reply.version if reply else 0)
        if move == "answer" and text:
            kept = drafts.save(session, house.core, me, case.id, text, form.number("seen"), house.now())
        elif reply is not None and text and text != reply.text:
            drafts.keep_earlier(session, reply)
        fault = None
        if move != "approve" and kept.aside is None and form.number("version") == case.version:
            fault = undecided(decisions.note_shown(session, house.core, me, case, house.now(), text))
    if kept.clash:
        raise Conflict(kept.why)
    if fault is not None:
        raise fault


def _save(request: Request, me: SignedIn, number: str, form: Posted) -> drafts.Saved:
    house = services(request)
    with house.core.database.write() as session:
        case_id = _case(session, me, number).id
        return drafts.save(session, house.core, me, case_id, form.text("text"), form.number("seen"), house.now())


def _case(session: Session, me: SignedIn, number: str) -> Case:
    """The case, locked, as far as this person may know of it."""
    case = lock(session, case_id_of(session, me, number))
    assert case is not None  # cases are not deleted
    return case


def _piece(session: Session, house: Services, me: SignedIn, case: Case, what: str) -> str:
    kind, _, which = what.partition(":")
    core: Core = house.core
    if kind == "saved" and which.isdigit():
        return saved.said_in(session, core, me, case, saved.one(session, me, int(which)).text, house.now())
    if kind == "answer" and which.isdigit():
        text = beside.earlier_text(session, core, me, int(which))
        return saved.said_in(session, core, me, case, text, house.now())
    if kind == "guide":
        return beside.guide_text(core, which, house.now())
    raise InvalidInput("请选择要插入什么。", "insert")


def _put(text: str, piece: str, caret: int | None) -> str:
    """``piece`` at ``caret`` (code points) on lines of its own, at the end when it is not known."""
    at = len(text) if caret is None else min(caret, len(text))
    head, tail = text[:at].rstrip("\n"), text[at:].lstrip("\n")
    return "\n".join(part for part in (head, piece, tail) if part)


def _back(number: str, form: Posted, notice: str, anchor: str) -> Response:
    """The case page again, with the result that was chosen and not saved yet."""
    chosen = form.text("result")
    query = f"?result={quote(chosen)}" if chosen else ""
    return done(f"/console/cases/{number}{query}#{anchor}", notice)
