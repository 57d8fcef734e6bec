"""同一人: sending a code, confirming it, recording a call or a decision, and undoing; all from the case page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import CASE_WORKERS, SignedIn
from handlers.casework.access import may_see
from handlers.casework.queues import case_id_of
from handlers.errors import HuiyingError, InvalidInput, NotFound
from handlers.people import code
from handlers.people.join import HOW, candidates, join, joined, part
from handlers.records import Case

router = APIRouter(prefix="/console/cases", include_in_schema=False)
_Act = Callable[[Session, int], str]


@router.get("/{number}/person")
def person_page(
    request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_WORKERS)], other: str = ""
) -> Response:
    """Ask with which case's sender this one is one person, and how that is known."""
    return _show(request, me, number, {"number": other[:20]})


@router.post("/{number}/person/{step}")
def person_step(
    request: Request,
    number: str,
    step: str,
    me: Annotated[SignedIn, requires(*CASE_WORKERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """``code`` sends one, ``read`` makes one to be read out, ``confirm`` checks what was said, ``join`` records a call
    or decision, ``part`` undoes."""
    house, now, other = services(request), services(request).now(), form.text("number")
    spoken: list[str] = []

    def send(session: Session, case_id: int) -> str:
        code.send_code(session, house.core, me, case_id, other, now)
        return "核对码已发给来信人。请打另一件上的电话，请对方报出核对码；对方也可以自己在另一件的查询进度页上填。"

    def read_out(session: Session, case_id: int) -> str:
        digits, called, asked = code.read_out_code(session, house.core, me, case_id, other, now)
        spoken.append(
            f"打 {called} 上的电话，把核对码 {digits[:3]} {digits[3:]} 读给对方，"
            f"请对方一小时内打开 {asked} 的“查询进度”，按“填核对码”填上。只在这里显示一次。"
        )
        return spoken[0]

    def confirm(session: Session, case_id: int) -> str:
        found = code.confirm_code(session, house.core, me, case_id, other, form.text("code"), now)
        return "" if found is None else "核对码正确，已认定为同一位群众。"

    def record(session: Session, case_id: int) -> str:
        how = form.text("how")
        if how not in ("call", "staff"):
            raise InvalidInput("请选择是怎样核实的。", "how")
        join(session, house.core, me, case_id, other, how=how, reason=form.text("reason"), now=now)
        return "已认定为同一位群众；两件仍各自办理，随时可以撤销。"

    def undo(session: Session, case_id: int) -> str:
        link = form.number("link")
        part(session, house.core, me, case_id, link or 0, why=form.text("why"), now=now)
        return "已撤销同一人认定，两件没有别的变化。"

    acts: dict[str, _Act] = {"code": send, "read": read_out, "confirm": confirm, "join": record, "part": undo}
    if step not in acts:
        raise NotFound("没有这个操作。")
    try:
        with house.core.database.write() as session:
            notice = acts[step](session, case_id_of(session, me, number))
        if not notice:  # the wrong try is counted: its transaction is through
            raise InvalidInput("核对码不对。请对方再看一遍消息；一共可以试五次。", "code")
    except NotFound:
        raise
    except HuiyingError as fault:
        return _show(request, me, number, form.values(), fault)
    if spoken:  # shown in the answer itself: a code gets into no cookie and no address
        return _show(request, me, number, form.values(), spoken=spoken[0])
    to = f"/console/cases/{number}/person?other={other}" if step == "code" else f"/console/cases/{number}"
    return done(to, notice)


def _show(
    request: Request,
    me: SignedIn,
    number: str,
    typed: dict[str, str],
    fault: HuiyingError | None = None,
    spoken: str = "",
) -> Response:
    house, now = services(request), services(request).now()
    with house.core.database.read() as session:
        case = session.get_one(Case, case_id_of(session, me, number))
        waiting = code.open_code(session, case.id, now)
        return render(
            request,
            "console/together/person.html",
            200 if fault is None else 422,
            case=case,
            typed=typed,
            spoken=spoken,
            fault=str(fault) if fault else "",
            fault_field=fault.field if isinstance(fault, InvalidInput) else "",
            links=joined(session, house.core, me, case, now),
            candidates=candidates(session, me, case),
            waiting=waiting,
            waiting_for=_number_of(session, me, waiting.other_case_id) if waiting else "",
            ways=[(way, name) for way, name in HOW.items() if way != "code"],
        )


def _number_of(session: Session, me: SignedIn, case_id: int) -> str:
    """The number of the case that a code is for, as far as this colleague may know of it."""
    case = session.get_one(Case, case_id)
    return case.number if may_see(me, case) else ""
