"""填核对码: one question from a case's progress page; a right code lets staff see the person's letters together."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web import client
from bot.web.errors import status_of
from bot.web.forms import Posted
from bot.web.pages import render
from bot.web.portal import passes
from bot.web.portal.case_page import case_page
from handlers.errors import InvalidInput, RateLimited
from handlers.people.code import type_code

#: What the buttons send as ``do``: to the question, and with the code.
ASK: Final = "ask_same_person"
GIVE: Final = "same_person"
#: One and the same for every code that is not right: it says nothing of other people's cases.
_WRONG: Final = "核对码不对，或者已经过了一小时。请再看一遍，慢慢填。还是不行，请打电话给我们，工作人员重新给您一个。"


def step(request: Request, house: Services, case_id: int, form: Posted, *, direct: bool) -> Response:
    """Show the question, or take the code; after a look-up what was typed before is only filled in."""
    typed = form.text("same_person")[:20]
    if form.text("do") == ASK or not direct:
        return _ask(request, house, case_id, typed)
    try:
        _take(request, house, case_id, typed)
    except (InvalidInput, RateLimited) as fault:
        return _ask(request, house, case_id, typed, fault)
    return case_page(request, case_id, notice="核对码正确，谢谢您。您的几件留言会放在一起看，每件仍各自答复。")


def _take(request: Request, house: Services, case_id: int, typed: str) -> None:
    if not typed:
        raise InvalidInput("请填工作人员告诉您的，或发给您的六位核对码。", "same_person")
    limiter = request.app.state.limiter
    limiter.take("lookup", client.address(request, house.settings.trusted_proxies))
    limiter.take("lookup", f"same_person:{case_id}")
    with house.core.database.write() as session:
        right = type_code(session, house.core, case_id, typed, house.now())
    if not right:  # the try is counted: its transaction is through
        raise InvalidInput(_WRONG, "same_person")


def _ask(
    request: Request, house: Services, case_id: int, typed: str, fault: InvalidInput | RateLimited | None = None
) -> Response:
    field = fault.field if isinstance(fault, InvalidInput) else ""
    page = render(
        request, "portal/same_person.html", status_of(fault) if fault else 200, given=passes.issue(house, case_id),
        typed=typed, errors={field: str(fault)} if fault else {},
    )  # fmt: skip
    if isinstance(fault, RateLimited):
        page.headers["retry-after"] = str(fault.retry_after)
    return page
