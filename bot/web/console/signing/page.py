"""审签: what waits for one's own step, and one page to read and sign each; made for a phone, works everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.console import writing
from bot.web.console.doing import press
from bot.web.console.signing.moves import BUTTONS
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, SignedIn
from handlers.casework.access import see
from handlers.casework.moves import MOVES
from handlers.casework.reading import note_reading
from handlers.errors import HuiyingError, InvalidInput, NotFound
from handlers.signing.essence import essence
from handlers.signing.waiting import to_seal, waiting_for

router = APIRouter(prefix="/console/sign", include_in_schema=False)
Me = Annotated[SignedIn, requires(*CASE_WORKERS)]
_HERE = ("approve", "issue", "send_back")


@router.get("")
def list_page(request: Request, me: Me) -> Response:
    """What waits for this person, what is due next first; below it what is signed and wants its seal."""
    house = services(request)
    with house.core.database.read() as session:
        waiting = waiting_for(session, house.core, me, house.now())
        unsealed = to_seal(session, house.core, me, house.now())
    return render(request, "console/signing/list.html", waiting=waiting, unsealed=unsealed)


@router.get("/{number}")
def read_page(request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """The text with what was asked, by when, and what was said on its way; the reading is recorded."""
    return _show(request, me, number)


@router.post("/{number}/{move}")
def act(request: Request, number: str, move: str, me: Me, form: Annotated[Posted, Depends(posted)]) -> Response:
    """签发, 审核通过 or 退回; on a fault the page again, with what was typed."""
    if move not in _HERE:
        raise NotFound("没有这个操作。")
    try:
        writing.before_issue(request, me, number, move, form)
        did, _ = press(request, me, number, form, BUTTONS[move])
    except NotFound:
        raise
    except HuiyingError as fault:
        status = status_of(fault)
        return _show(request, me, number, status, fault=fault, move=move, typed=form.values())
    return done("/console/sign", f"{number} {did.notice}")


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
    case_id = note_reading(house.core, me, number, now)
    with house.core.database.read() as session:
        found = essence(session, house.core, me, see(session, me, case_id), now)
    if found is None and fault is None:
        to = "/console/sign" if me.role in CASE_WORKERS else f"/console/cases/{number}"  # an auditor only reads
        return done(to, f"{number} 现在没有等您办的步骤。")
    return render(
        request, "console/signing/read.html", status, one=found, number=number, fault=str(fault) if fault else "",
        fault_verb=MOVES[move].verb if move else "", fault_move=move, typed=typed or {},
        field=fault.field if isinstance(fault, InvalidInput) else "",
    )  # fmt: skip
