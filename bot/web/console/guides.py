"""办事指南 for staff: the list, one guide with its short form and versions, writing, approving by another person."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web.access import requires
from bot.web.console.guide_form import EMPTY, shown, typed_guide
from bot.web.console.guides_view import STATES, WHY, form_page, one_page, preview, said_of, state_of, tried
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.directory import names
from handlers.accounts.roles import CASE_READERS, Role, SignedIn
from handlers.deadlines.worktime import local_day
from handlers.errors import Conflict, InvalidInput
from handlers.fresh import forget
from handlers.guides import store
from handlers.guides.changes import changes
from handlers.guides.short import section_of
from handlers.taxonomy import TOPICS

router = APIRouter(prefix="/console/guides", include_in_schema=False)

WRITERS: Final = (Role.OFFICER, Role.HEAD, Role.OFFICE)
APPROVERS: Final = (Role.HEAD, Role.OFFICE)
Form = Annotated[Posted, Depends(posted)]


@router.get("")
def guide_list(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)], ask: str = "") -> Response:
    """Every guide with its section and state; a question can be tried."""
    house = services(request)
    profile, today = house.profile(), local_day(house.now())
    with house.core.database.read() as session:
        found = store.entries(session)
        rows = [
            {"entry": e, "guide": e.shown, "section": profile.section(section_of(e.shown, profile)).name,
             "topic": TOPICS[e.shown.topic], "state": state_of(e, today)}
            for e in found
        ]  # fmt: skip
    match = tried(house, found, ask.strip()[:500]) if ask.strip() else None
    return render(request, "console/guides.html", rows=rows, tried=match, ask=ask, why=WHY, may_add=me.role in WRITERS)


@router.get("/new")
def new_form(request: Request, me: Annotated[SignedIn, requires(*WRITERS)]) -> Response:
    """The empty form."""
    first = {"valid_from": local_day(services(request).now()).isoformat()}
    return form_page(request, None, {**EMPTY, **first}, seen="")


@router.post("/new")
def create(request: Request, me: Annotated[SignedIn, requires(*WRITERS)], form: Form) -> Response:
    """Preview a new guide, or save it as a draft."""
    return _save(request, me, form, None)


@router.get("/{code}")
def guide_page(request: Request, code: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """One guide: what is in force, what waits for approval and how it differs, how it is sent, its versions."""
    return one_page(request, me, code)


@router.get("/{code}/edit")
def edit_form(request: Request, code: str, me: Annotated[SignedIn, requires(*WRITERS)]) -> Response:
    """The form with the draft, or else with what is in force."""
    with services(request).core.database.read() as session:
        latest = store.entry(session, code)
        kept = latest.draft or latest.latest
        shown_guide = kept.guide if latest.draft else latest.shown
        return form_page(request, code, shown(shown_guide), seen=f"{kept.row.id}.{kept.row.revision}")


@router.post("/{code}/edit")
def edit(request: Request, code: str, me: Annotated[SignedIn, requires(*WRITERS)], form: Form) -> Response:
    """Preview an edit, or save it as a draft."""
    return _save(request, me, form, code)


@router.get("/{code}/versions/{number}")
def version_page(
    request: Request, code: str, number: int, me: Annotated[SignedIn, requires(*CASE_READERS)]
) -> Response:
    """A version as it read then."""
    house = services(request)
    with house.core.database.read() as session:
        kept = store.version_of(session, code, number)
        people = names(session, [*kept.row.editors, kept.row.approved_by, kept.row.ended_by])
        return render(
            request, "console/guide_version.html", kept=kept, people=people, states=STATES,
            **said_of(kept.guide, house.profile()),
        )  # fmt: skip


@router.post("/{code}/approve")
def approve(request: Request, code: str, me: Annotated[SignedIn, requires(*APPROVERS)], form: Form) -> Response:
    """Put the draft in force."""
    house = services(request)
    with house.core.database.write() as session:
        version = _draft(session, code, form)
        store.approve(session, house.core, me, version, form.number("revision") or 0, house.now())
    _refresh(house)
    return done(f"/console/guides/{code}", "已批准，从现在起照这一版答复群众、显示在网上。")


@router.post("/{code}/discard")
def discard(request: Request, code: str, me: Annotated[SignedIn, requires(*WRITERS)], form: Form) -> Response:
    """Drop the draft."""
    house = services(request)
    with house.core.database.write() as session:
        version = _draft(session, code, form)
        store.discard(session, house.core, me, version, form.number("revision") or 0, house.now())
    return done(f"/console/guides/{code}", "这一稿没有采用，生效的版本不变。")


@router.post("/{code}/withdraw")
def withdraw(request: Request, code: str, me: Annotated[SignedIn, requires(*APPROVERS)], form: Form) -> Response:
    """Take the guide out of force at once."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            store.withdraw(session, house.core, me, code, form.text("why"), house.now())
    except InvalidInput as fault:
        return one_page(request, me, code, 422, {"why": str(fault)})
    _refresh(house)
    return done(f"/console/guides/{code}", "已停用：不再发给群众，网上也不再显示。")


def _save(request: Request, me: SignedIn, form: Posted, code: str | None) -> Response:
    house, seen = services(request), form.text("seen")
    profile = house.profile()
    try:
        guide = typed_guide(form, code or form.text("code"))
        if form.text("do") != "save":
            return form_page(request, code, form.values(), seen, preview=preview(house, guide))
        with house.core.database.write() as session:
            store.save_draft(session, house.core, me, guide, house.now(), seen=_seen(seen))
    except InvalidInput as fault:
        return form_page(request, code, form.values(), seen, errors={fault.field: str(fault)}, status=422)
    except Conflict as fault:
        with house.core.database.read() as session:
            kept = store.entry(session, code or "").latest
        again = f"{kept.row.id}.{kept.row.revision}"
        theirs = changes(guide, kept.guide, profile)
        return form_page(request, code, form.values(), again, errors={"": str(fault)}, status=409, theirs=theirs)
    return done(f"/console/guides/{guide.code}", "已存为草稿。请另一位同事核对、批准后生效。")


def _draft(session: Session, code: str, form: Posted) -> int:
    draft = store.entry(session, code).draft
    if draft is None or draft.row.id != form.number("version"):
        raise Conflict("这一稿已经处理过了，请看现在的情况。")
    return draft.row.id


def _seen(text: str) -> tuple[int, int] | None:
    first, _, second = text.partition(".")
    return (int(first), int(second)) if first.isdigit() and second.isdigit() else None


def _refresh(house: Services) -> None:
    """Let this process see the change at once; the others see it within seconds."""
    forget(house.core.guides)
