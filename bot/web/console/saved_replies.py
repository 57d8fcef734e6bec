"""常用答复 and 本局用语: the list, writing with versions, taking out of use; the bureau's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.directory import names
from handlers.accounts.roles import CASE_WORKERS, Role, SignedIn
from handlers.errors import Conflict, InvalidInput
from handlers.taxonomy import TOPICS
from handlers.writing import own_words, saved
from handlers.writing.case_context import words_in_use
from handlers.writing.fields import FIELDS, fields_in
from handlers.writing.lexicon import lexicon

router = APIRouter(prefix="/console/replies", include_in_schema=False)

Form = Annotated[Posted, Depends(posted)]
Me = Annotated[SignedIn, requires(*CASE_WORKERS)]
Office = Annotated[SignedIn, requires(*own_words.EDITORS)]
_EMPTY: Mapping[str, str] = {"title": "", "text": "", "topic": "", "section": ""}


@router.get("")
def saved_list(request: Request, me: Me) -> Response:
    """What this person may use, and what is in use no more."""
    house = services(request)
    with house.core.database.read() as session:
        rows = saved.offered(session, me)
        return render(
            request, "console/replies.html", rows=rows, retired=saved.offered(session, me, retired=True),
            sections={s.code: s.name for s in house.profile().sections}, topics=TOPICS,
            may_words=me.role in own_words.EDITORS,
        )  # fmt: skip


@router.get("/new")
def new_form(request: Request, me: Me) -> Response:
    """The empty form."""
    return _form(request, me, None, {**_EMPTY, "section": me.section}, 0)


@router.post("/new")
def create(request: Request, me: Me, form: Form) -> Response:
    """Save a new one."""
    return _write(request, me, form, None)


@router.get("/words")
def words(request: Request, me: Office) -> Response:
    """The bureau's list."""
    return _words(request)


@router.post("/words")
def set_word(request: Request, me: Office, form: Form) -> Response:
    """Add or change a word, or point it out no longer."""
    house, dropped = services(request), form.text("drop")
    try:
        with house.core.database.write() as session:
            word, instead = dropped or form.text("word"), form.text("instead")
            own_words.set_word(session, me, word, instead, house.now(), used=not dropped)
    except InvalidInput as fault:
        return _words(request, 422, {fault.field: str(fault)}, form.values())
    return done("/console/replies/words", f"“{dropped}”不再提醒。" if dropped else f"以后会提醒“{word}”。")


@router.get("/{saved_id:int}")
def edit_form(request: Request, saved_id: int, me: Me) -> Response:
    """One with its versions; a form for who may change it."""
    with services(request).core.database.read() as session:
        row = saved.one(session, me, saved_id)
        values = {"title": row.title, "text": row.text, "topic": row.topic, "section": row.section_code}
        seen = row.version
    return _form(request, me, saved_id, values, seen)


@router.post("/{saved_id:int}")
def edit(request: Request, saved_id: int, me: Me, form: Form) -> Response:
    """Save a new version, or take it out of use and back."""
    do, house = form.text("do"), services(request)
    if do in ("retire", "use"):
        with house.core.database.write() as session:
            saved.retire(session, me, saved_id, house.now(), retired=do == "retire")
        return done("/console/replies", "已停用，不再出现在答复框旁边。" if do == "retire" else "已恢复使用。")
    return _write(request, me, form, saved_id)


def _write(request: Request, me: SignedIn, form: Posted, saved_id: int | None) -> Response:
    house, seen = services(request), form.number("seen") or 0
    try:
        with house.core.database.write() as session:
            row = saved.write(
                session, house.core, me, saved_id, seen, title=form.text("title"), text=form.raw("text"),
                topic=form.text("topic"), section=form.text("section"), now=house.now(),
            )  # fmt: skip
            version = row.version
    except InvalidInput as fault:
        return _form(request, me, saved_id, form.values(), seen, 422, {fault.field: str(fault)})
    except Conflict as fault:
        with house.core.database.read() as session:
            now_at = saved.one(session, me, saved_id or 0).version
        return _form(request, me, saved_id, form.values(), now_at, 409, {"": str(fault)})
    return done("/console/replies", f"已保存（第 {version} 版），写答复时可以插入。")


def _form(
    request: Request, me: SignedIn, saved_id: int | None, values: Mapping[str, str], seen: int, status: int = 200,
    errors: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    house = services(request)
    with house.core.database.read() as session:
        row = saved.one(session, me, saved_id) if saved_id else None
        versions = saved.history(session, saved_id) if saved_id else []
        people = names(session, [one.written_by for one in versions])
        sections = [
            (s.code, s.name) for s in house.profile().sections if me.role is Role.OFFICE or s.code == me.section
        ]
        found = fields_in(values.get("text", ""))
        return render(
            request, "console/reply_form.html", status, row=row, v={**_EMPTY, **values}, seen=seen,
            versions=versions, people=people, errors=dict(errors or {}), fields=FIELDS,
            by_hand=[name for name in found if name not in FIELDS], may_write=row is None or saved.may_write(me, row),
            sections=[("", "只给我自己用"), *sections], topics=[("", "不限"), *TOPICS.items()],
        )  # fmt: skip


def _words(
    request: Request, status: int = 200, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    with services(request).core.database.read() as session:
        used = words_in_use(session)
    shipped = lexicon().bureau
    rows = [(word, instead, shipped.get(word) != instead) for word, instead in sorted(used.items())]
    dropped = sorted(word for word in shipped if word not in used)
    return render(
        request,
        "console/reply_words.html",
        status,
        rows=rows,
        dropped=dropped,
        errors=dict(errors or {}),
        v=typed or {},
    )
