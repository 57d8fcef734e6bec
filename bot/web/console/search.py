"""查找: the page that finds cases by words and filters, newest first, and the views that are kept of it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.console.search_form import FIELDS, choices, filters_of, given_in, in_words
from bot.web.forms import Posted, posted, whole
from bot.web.limits import limited
from bot.web.pages import done, render, services
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.errors import InvalidInput
from handlers.records import SavedView
from handlers.search.find import Found, find
from handlers.search.index import catch_up
from handlers.search.views import drop_view, keep_view, may_share, views_of
from handlers.search.words import Words, read_words

router = APIRouter(prefix="/console/search", include_in_schema=False, dependencies=[limited("page")])
_HERE = "/console/search"


@router.get("")
def search_page(request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """What was found, or what to try."""
    return _show(request, me)


@router.post("/views")
def keep(
    request: Request, me: Annotated[SignedIn, requires(*CASE_READERS)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Keep the search under a name."""
    house, given = services(request), given_in(form.values())
    try:
        with house.core.database.write() as session:
            view = keep_view(session, me, form.text("name"), given, house.now(), shared=form.flag("shared"))
            notice = f"已保存视图“{view.name}”。" + ("本科室都能看到。" if view.section_code else "")
    except InvalidInput as fault:
        return done(f"{_HERE}?{urlencode(given)}", f"没有保存：{fault}")
    return done(f"{_HERE}?{urlencode(given)}", notice)


@router.post("/views/{view_id}/drop")
def drop(
    request: Request,
    view_id: int,
    me: Annotated[SignedIn, requires(*CASE_READERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Delete one's own view."""
    with services(request).core.database.write() as session:
        name = drop_view(session, me, view_id)
    return done(_HERE, f"已删除视图“{name}”。")


def _show(request: Request, me: SignedIn) -> Response:
    house, given = services(request), given_in(request.query_params)
    words, found = read_words(given.get("q", ""), house.core.vault), Found()
    asked = bool(words.terms) or bool(set(given) - {"q"})
    older = whole(request.query_params.get("older", ""))
    if asked:
        catch_up(house.core)
    with house.core.database.read() as session:
        if asked:
            found = find(session, house.core, me, words, filters_of(given), house.now(), before=older)
        views = [_view(view, me, request) for view in views_of(session, me)]
    return render(
        request,
        "console/search.html",
        found=found,
        asked=asked,
        given={name: given.get(name, "") for name in FIELDS},
        given_now=given,
        words=words,
        left_out=_left_out(words),
        choices=choices(me, house.profile()),
        narrowed=len(set(given) - {"q"}),
        said=in_words(given, me, house.profile()),
        views=views,
        may_share=may_share(me),
        first=f"{_HERE}?{urlencode(given)}" if older else "",
        older=f"{_HERE}?{urlencode(given | {'older': str(found.older)})}" if found.older else "",
        query=urlencode(given),
    )


def _view(view: SavedView, me: SignedIn, request: Request) -> dict[str, Any]:
    kept = given_in(view.query)
    return {
        "id": view.id,
        "name": view.name,
        "href": f"{_HERE}?{urlencode(kept)}",
        "said": in_words(kept, me, services(request).profile()),
        "mine": view.officer_id == me.officer_id,
        "shared": bool(view.section_code),
    }


def _left_out(words: Words) -> str:
    if not words.left_out:
        return ""
    quoted = "、".join(f"“{word}”" for word in words.left_out)
    return f"{quoted}没有用来查找：每个词至少两个字，最多八个词。"
