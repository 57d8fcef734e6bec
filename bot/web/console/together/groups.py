"""群体件: the list, making one (from similar letters or by number), its page, its decision, and everybody's answer."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, SignedIn
from handlers.casework.queues import find_number
from handlers.errors import HuiyingError, InvalidInput, NotFound
from handlers.groups import decide, gather
from handlers.groups.show import group_list, group_page, suggested
from handlers.records import Case
from handlers.taxonomy import RESULTS
from handlers.together.outcome import Outcome

router = APIRouter(prefix="/console/groups", include_in_schema=False)
_NUMBER = re.compile(r"\d{8}-\d{4,}")


@router.get("")
def groups(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """The groups with cases that this person may see."""
    with services(request).core.database.read() as session:
        rows = group_list(session, me, services(request).now())
    return render(request, "console/together/groups.html", rows=rows, may=me.role in CASE_WORKERS)


@router.get("/new")
def new_group(request: Request, me: Annotated[SignedIn, requires(*CASE_WORKERS)], case: str = "") -> Response:
    """A form for a new group; with ``case`` the letters similar to it are offered, ticked where they are close."""
    return _form(request, me, case, {})


@router.post("/new")
def make(
    request: Request, me: Annotated[SignedIn, requires(*CASE_WORKERS)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Make the group."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            numbers = [*form.many("member"), *_NUMBER.findall(form.text("numbers"))]
            group = gather.make_group(session, house.core, me, form.text("title"), numbers, house.now())
            group_id = group.id
    except (InvalidInput, NotFound) as fault:
        return _form(request, me, form.text("case"), form.values(), fault, set(form.many("member")))
    return done(f"/console/groups/{group_id}", "群体件已建立。每件仍由原来的科室和经办人负责，时限不变。")


@router.get("/{group_id}")
def group(request: Request, group_id: int, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """Who is in it, and who has been answered."""
    return _show(request, me, group_id)


@router.post("/{group_id}/{step}")
def change(
    request: Request,
    group_id: int,
    step: str,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """``add``, ``remove``, ``speakers``, ``decision``; then ``preview``, ``answer`` and ``issue`` for everybody."""
    core, now = services(request).core, services(request).now()
    outcomes: list[Outcome] | None = None
    try:
        if step == "decision":
            _decide(request, me, group_id, form)
        elif step in ("add", "remove", "speakers"):
            with core.database.write() as session:
                _members(session, request, me, group_id, step, form)
            return done(
                f"/console/groups/{group_id}", {"add": "已列入。", "remove": "已移出。"}.get(step, "代表已记下。")
            )
        elif step == "answer":
            outcomes = decide.answer_each(core, me, group_id, now, reason=form.text("reason"))
        elif step == "issue":
            outcomes = decide.issue_each(core, me, group_id, now)
        elif step != "preview":
            raise NotFound("没有这个操作。")
    except NotFound:
        raise
    except HuiyingError as fault:
        return _show(request, me, group_id, fault=fault, typed=form.values(), step=step)
    if step in ("decision", "preview"):
        return _show(request, me, group_id, preview=decide.preview(core, me, group_id, now))
    return _show(request, me, group_id, outcomes=outcomes)


def _decide(request: Request, me: SignedIn, group_id: int, form: Posted) -> None:
    with services(request).core.database.write() as session:
        decide.set_decision(
            session, me, group_id, form.number("version") or 0,
            text=form.text("text"), result=form.text("result"), now=services(request).now(),
        )  # fmt: skip


def _members(session: Session, request: Request, me: SignedIn, group_id: int, step: str, form: Posted) -> None:
    core, now = services(request).core, services(request).now()
    group = gather.group_of(session, me, group_id, lock_it=True)
    if step == "add":
        numbers = _NUMBER.findall(form.text("numbers"))
        if not numbers:
            raise InvalidInput("请填写要列入的编号。", "numbers")
        gather.add_cases(session, core, me, group, numbers, now)
    elif step == "remove":
        gather.remove_case(session, core, me, group, form.text("number"), form.text("reason"), now)
    else:
        gather.set_representatives(session, core, me, group, form.many("representative"), now)


def _form(
    request: Request,
    me: SignedIn,
    number: str,
    typed: dict[str, str],
    fault: HuiyingError | None = None,
    ticked: set[str] | None = None,
) -> Response:
    house = services(request)
    with house.core.database.read() as session:
        case_id = find_number(session, me, number) if number else None
        case = session.get(Case, case_id) if case_id else None
        offered = suggested(session, house.core, me, case, house.now()) if case is not None else []
    if ticked is None:
        ticked = {line.number for line, words in offered if words}
    errors = {getattr(fault, "field", "") or "numbers": str(fault)} if fault else {}
    return render(
        request, "console/together/group_new.html", 422 if fault else 200,
        case=case, offered=offered, ticked=ticked, typed=typed, errors=errors,
    )  # fmt: skip


def _show(
    request: Request,
    me: SignedIn,
    group_id: int,
    *,
    preview: list[Outcome] | None = None,
    outcomes: list[Outcome] | None = None,
    fault: HuiyingError | None = None,
    typed: dict[str, str] | None = None,
    step: str = "",
) -> Response:
    house = services(request)
    with house.core.database.read() as session:
        page = group_page(session, house.core, me, gather.group_of(session, me, group_id), house.now())
    return render(
        request,
        "console/together/group.html",
        422 if fault else 200,
        page=page,
        group=page.group,
        preview=preview,
        outcomes=outcomes,
        fault=str(fault) if fault else "",
        fault_field=getattr(fault, "field", "") if fault else "",
        typed=typed or {},
        step=step,
        rule=gather.RULE,
        most=gather.REPRESENTATIVES,
        pointed=any(one.done and decide.POINTED in one.words for one in preview or ()),
        fields=decide.FIELDS,
        results=[("", "请选择"), *((code, name) for code, name in RESULTS.items() if code != "forwarded")],
        may=me.role in CASE_WORKERS,
    )
