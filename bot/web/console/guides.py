"""办事指南 for staff: the list, one guide with its short form and versions, writing, approving by another person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web.access import requires
from bot.web.console.guide_form import EMPTY, shown, typed_guide
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.officers import names
from handlers.accounts.roles import CASE_READERS, Role, SignedIn
from handlers.deadlines.worktime import local_day
from handlers.errors import Conflict, InvalidInput
from handlers.guides import store
from handlers.guides.changes import changes
from handlers.guides.check import check_guide
from handlers.guides.guide import FIELD_NAMES, Guide
from handlers.guides.match import Match, Matcher
from handlers.guides.receipt import ONE_MESSAGE, specimen
from handlers.guides.rights import may_approve, may_write
from handlers.guides.short import desk_of, section_of
from handlers.organisation.profile import Profile
from handlers.taxonomy import TOPICS

router = APIRouter(prefix="/console/guides", include_in_schema=False)

WRITERS: Final = (Role.OFFICER, Role.HEAD, Role.OFFICE)
APPROVERS: Final = (Role.HEAD, Role.OFFICE)
Form = Annotated[Posted, Depends(posted)]
STATES: Final = {
    "draft": "待批准", "approved": "生效", "superseded": "已被新版代替", "discarded": "未采用", "withdrawn": "已停用",
}  # fmt: skip
#: Why a question gets no guide, in words.
WHY: Final = {
    "no_guides": "还没有生效的指南",
    "length": "太短或太长，像是在说自己的事",
    "urgent": "系统认为紧急",
    "kind": "系统认为不是咨询",
    "topic": "系统认为是别的业务",
    "two_items": "问了不止一件事，或分不清是哪一件",
    "no_item": "没有认出是哪件事",
    "veto:guide": "有这份指南“不自动发”的词",
    "veto:own_case": "在问自己那件的进度或结果",
    "veto:conduct": "在说工作人员或别人的不是",
    "veto:elsewhere": "提到别的部门的事",
    "veto:other_act": "在问补办、变更一类的另一件事",
    "veto:numbers": "在问指南里没有的数字或政策",
    "not_asked": "没有问什么",
    "unsure": "不够有把握",
}


@router.get("")
def guide_list(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)], ask: str = "") -> Response:
    """Every guide with its section and state; a question can be tried."""
    house = services(request)
    profile, today = house.profile(), local_day(house.now())
    with house.core.database.read() as session:
        found = store.entries(session)
        rows = [
            {"entry": e, "guide": e.shown, "section": profile.section(section_of(e.shown, profile)).name,
             "topic": TOPICS[e.shown.topic], "state": _state(e, today)}
            for e in found
        ]  # fmt: skip
    answering = Matcher([e.in_force.guide for e in found if e.in_force and e.in_force.guide.valid_on(today)])
    tried = _tried(house, answering, ask.strip()[:500]) if ask.strip() else None
    return render(request, "console/guides.html", rows=rows, tried=tried, ask=ask, why=WHY, may_add=me.role in WRITERS)


@router.get("/new")
def new_form(request: Request, me: Annotated[SignedIn, requires(*WRITERS)]) -> Response:
    """The empty form."""
    first = {"valid_from": local_day(services(request).now()).isoformat()}
    return _form(request, None, {**EMPTY, **first}, seen="")


@router.post("/new")
def create(request: Request, me: Annotated[SignedIn, requires(*WRITERS)], form: Form) -> Response:
    """Preview a new guide, or save it as a draft."""
    return _save(request, me, form, None)


@router.get("/{code}")
def guide_page(request: Request, code: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """One guide: what is in force, what waits for approval and how it differs, how it is sent, its versions."""
    return _page(request, me, code)


@router.get("/{code}/edit")
def edit_form(request: Request, code: str, me: Annotated[SignedIn, requires(*WRITERS)]) -> Response:
    """The form with the draft, or else with what is in force."""
    with services(request).core.database.read() as session:
        latest = store.entry(session, code)
        kept = latest.draft or latest.latest
        shown_guide = kept.guide if latest.draft else latest.shown
        return _form(request, code, shown(shown_guide), seen=f"{kept.row.id}.{kept.row.revision}")


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
            **_said(kept.guide, house.profile()),
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
        return _page(request, me, code, 422, {"why": str(fault)})
    _refresh(house)
    return done(f"/console/guides/{code}", "已停用：不再发给群众，网上也不再显示。")


def _save(request: Request, me: SignedIn, form: Posted, code: str | None) -> Response:
    house, seen = services(request), form.text("seen")
    profile = house.profile()
    try:
        guide = typed_guide(form, code or form.text("code"))
        if form.text("do") != "save":
            return _form(request, code, form.values(), seen, preview=_preview(house, guide))
        with house.core.database.write() as session:
            store.save_draft(session, house.core, me, guide, house.now(), seen=_seen(seen))
    except InvalidInput as fault:
        return _form(request, code, form.values(), seen, errors={fault.field: str(fault)}, status=422)
    except Conflict as fault:
        with house.core.database.read() as session:
            kept = store.entry(session, code or "").latest
        again = f"{kept.row.id}.{kept.row.revision}"
        theirs = changes(guide, kept.guide, profile)
        return _form(request, code, form.values(), again, errors={"": str(fault)}, status=409, theirs=theirs)
    return done(f"/console/guides/{guide.code}", "已存为草稿。请另一位同事核对、批准后生效。")


def _page(
    request: Request, me: SignedIn, code: str, status: int = 200, errors: Mapping[str, str] | None = None
) -> Response:
    house = services(request)
    profile, today = house.profile(), local_day(house.now())
    with house.core.database.read() as session:
        entry, versions = store.entry(session, code), store.history(session, code)
        everybody = [who for v in versions for who in (*v.editors, v.approved_by, v.ended_by)]
        shown_now, draft = entry.shown, entry.draft
        section = section_of(shown_now, profile)
        of_draft = section_of(draft.guide, profile) if draft else section
        return render(
            request, "console/guide.html", status, entry=entry, state=_state(entry, today), versions=versions[::-1],
            people=names(session, everybody), states=STATES, errors=errors or {},
            diff=changes(entry.in_force.guide, draft.guide, profile) if draft and entry.in_force else [],
            sent=specimen((draft.guide if draft else shown_now), profile, house.settings.base_url),
            may_write=may_write(me, section),
            may_approve=draft is not None and may_approve(me, of_draft, draft.row.editors),
            wrote_it=draft is not None and me.officer_id in draft.row.editors,
            may_withdraw=entry.in_force is not None and may_approve(me, section, ()),
            **_said(shown_now, profile),
        )  # fmt: skip


def _said(guide: Guide, profile: Profile) -> dict[str, Any]:
    return {"guide": guide, "desk": desk_of(guide, profile), "topic": TOPICS[guide.topic]}


def _form(
    request: Request,
    code: str | None,
    values: Mapping[str, str],
    seen: str,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    preview: Mapping[str, Any] | None = None,
    theirs: Any = (),
) -> Response:
    profile = services(request).profile()
    return render(
        request, "console/guide_form.html", status, code=code, v={**EMPTY, **values}, seen=seen, errors=errors or {},
        preview=preview, theirs=theirs, names=FIELD_NAMES,
        topics=[(topic, name) for topic, name in TOPICS.items() if topic != "not_ours"],
        sections=[("", "按业务类别归口"), *((section.code, section.name) for section in profile.sections)],
    )  # fmt: skip


def _preview(house: Services, guide: Guide) -> dict[str, Any]:
    """How the guide would be sent; faults are told like those of saving."""
    profile = house.profile()
    check_guide(guide, profile)
    text = specimen(guide, profile, house.settings.base_url)
    return {"text": text, "bytes": len(text.encode()), "most": ONE_MESSAGE}


def _tried(house: Services, matcher: Matcher, question: str) -> Match:
    return matcher.match(question, house.core.understanding.read(question))


def _state(entry: store.Entry, today: Any) -> str:
    if entry.in_force is None:
        return "没有生效"
    if not entry.in_force.guide.valid_on(today):
        return "不在有效期"
    return "生效"


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
    forget = getattr(house.core.guides, "forget", None)
    if forget is not None:
        forget()
