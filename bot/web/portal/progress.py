"""查询进度: number and query code open one case; there the answer is read, rated, added to, asked for again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web import client
from bot.web.access import public
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.limits import limited
from bot.web.pages import render, services
from bot.web.portal import following, passes, same_person
from bot.web.portal.case_page import Attempt, case_page
from bot.web.portal.supplement import supplement
from handlers.casework import citizen
from handlers.errors import HuiyingError, InvalidInput, NotFound, RateLimited
from handlers.guides.outcome import ask_person, confirm

router = APIRouter(include_in_schema=False)

#: What was typed on a page whose pass ran out is carried along, so that it is not lost.
_CARRIED: Final = ("do", "words", "rating", same_person.GIVE)


@router.get("/progress", dependencies=[public()])
def ask(request: Request, number: str = "") -> Response:
    """The two fields that open a case."""
    return _ask(request, {"number": number[:20]}, {})


@router.post("/progress", dependencies=[public(), limited("page")])
def open_case(request: Request, form: Annotated[Posted, Depends(posted)]) -> Response:
    """Show a case, and do what the person asks for it (field ``do``)."""
    house = services(request)
    shown = following.page(request, form)
    if shown is not None:
        return shown
    case_id = passes.case_of(house, form.text("pass"))
    if case_id is None and form.text("pass"):
        return _ask(request, form.values(), {"": "这个页面开得太久了。请再填一次编号和查询码，您写的内容不会丢。"})
    try:
        found = case_id if case_id is not None else _look_up(request, house, form)
    except NotFound as fault:
        return following.look_up(request, form) or _ask(request, form.values(), {"number": str(fault)}, 422)
    except RateLimited as fault:
        page = _ask(request, form.values(), {"": str(fault)}, 429)
        page.headers["retry-after"] = str(fault.retry_after)
        return page
    return _do(request, house, found, form, direct=case_id is not None)


def _look_up(request: Request, house: Services, form: Posted) -> int:
    """Bounded by address and by number, the same for numbers that exist and that do not."""
    number, limiter = citizen.plain_number(form.text("number"))[:24], request.app.state.limiter
    limiter.take("lookup", client.address(request, house.settings.trusted_proxies))
    limiter.take("lookup", f"number:{number}")
    with house.core.database.read() as session:
        return citizen.find_by_code(session, house.core, form.text("number")[:40], form.text("code")[:40])


def _do(request: Request, house: Services, case_id: int, form: Posted, *, direct: bool) -> Response:
    wanted = form.text("do")
    if wanted == "ask_withdraw":
        return _ask_withdraw(request, house, case_id)
    if wanted in (same_person.ASK, same_person.GIVE):
        return same_person.step(request, house, case_id, form, direct=direct)
    action = _ACTIONS.get(wanted)
    if action is None or not direct:
        # After a look-up what was carried along is only filled in: the person sends it once more.
        return case_page(request, case_id, Attempt(form.text("words"), form.text("rating"), wanted))
    try:
        notice = action(request, house, case_id, form)
    except HuiyingError as fault:
        field = f"{wanted}-{fault.field or 'words'}" if isinstance(fault, InvalidInput) else ""
        attempt = Attempt(form.raw("words"), form.text("rating"), wanted, {field: str(fault)})
        return case_page(request, case_id, attempt, status=status_of(fault))
    return case_page(request, case_id, notice=notice)


def _rate(request: Request, house: Services, case_id: int, form: Posted) -> str:
    with house.core.database.write() as session:
        case = citizen.rate(session, house.core, case_id, form.text("rating"), form.raw("words"), now=house.now())
        dissatisfied = case.rating == "dissatisfied"
    return "评价已记下。如果还要我们重新办理，请在下面写明哪里没办好。" if dissatisfied else "谢谢您的评价，已经记下。"


def _reopen(request: Request, house: Services, case_id: int, form: Posted) -> str:
    with house.core.database.write() as session:
        citizen.reopen(session, house.core, case_id, form.raw("words"), now=house.now())
    return "已重新办理，最迟日期见下面。"


def _withdraw(request: Request, house: Services, case_id: int, form: Posted) -> str:
    with house.core.database.write() as session:
        citizen.withdraw(session, house.core, case_id, now=house.now())
    return "已按您的意思撤回，不再办理。以后想再提，重新留言就行。"


def _solved(request: Request, house: Services, case_id: int, form: Posted) -> str:
    with house.core.database.write() as session:
        confirm(session, house.core, case_id, house.now())
    return "好的，这件已按您说的“解决了”办结。"


def _person(request: Request, house: Services, case_id: int, form: Posted) -> str:
    with house.core.database.write() as session:
        ask_person(session, house.core, case_id, house.now())
    return "记下了，工作人员会在最迟日期前答复您。"


_ACTIONS: Final[Mapping[str, Callable[[Request, Services, int, Posted], str]]] = {
    "rate": _rate,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "supplement": supplement,
    "solved": _solved,
    "person": _person,
    "unfollow": following.unfollow,
}


def _ask_withdraw(request: Request, house: Services, case_id: int) -> Response:
    with house.core.database.read() as session:
        view = citizen.progress_view(session, house.core, case_id, house.now())
    if "withdraw" not in view.can:
        return case_page(request, case_id)
    return render(request, "portal/withdraw.html", view=view, given=passes.issue(house, case_id))


def _ask(request: Request, values: Mapping[str, str], errors: dict[str, str], status: int = 200) -> Response:
    carried = {name: values[name] for name in _CARRIED if values.get(name)}
    shown: dict[str, Any] = {"number": values.get("number", ""), "code": values.get("code", "")}
    return render(request, "portal/progress.html", status, errors=errors, carried=carried, **shown)
