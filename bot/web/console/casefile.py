"""卷宗: asking for the file of a case, and taking it; each one made is in the case's history."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.web.access import requires
from bot.web.forms import Posted, posted
from bot.web.pages import render, services
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.casefile.make import FORMS, make_casefile, may_make
from handlers.casework.access import see
from handlers.casework.queues import case_id_of
from handlers.documents.layout import CONTENT_TYPE
from handlers.errors import Conflict, InvalidInput, NotAllowed

router = APIRouter(prefix="/console/cases/{number}/casefile", include_in_schema=False)
_TYPES = {"docx": CONTENT_TYPE, "zip": "application/zip"}


@router.get("")
def ask(request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """The two forms, and what the file is for."""
    return _ask(request, me, number)


@router.post("/make")
def make(
    request: Request,
    number: str,
    me: Annotated[SignedIn, requires(*CASE_READERS)],
    form: Annotated[Posted, Depends(posted)],
) -> Response:
    """Make the file and hand it out; it is deleted here once it has been sent."""
    house = services(request)
    try:
        case_id = _id(request, me, number)
        made = make_casefile(
            house.core, house.files, me, case_id, form.text("form"), form.text("why"), house.now()
        )  # fmt: skip
    except (InvalidInput, Conflict, NotAllowed) as fault:
        return _ask(request, me, number, fault, form)
    plain = f"casefile-{made.serial}.{form.text('form')}"
    name = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(made.filename)}"
    headers = {"content-disposition": name, "cache-control": "no-store"}
    return FileResponse(
        made.path, media_type=_TYPES[form.text("form")], headers=headers, background=BackgroundTask(made.path.unlink)
    )


def _ask(
    request: Request,
    me: SignedIn,
    number: str,
    fault: InvalidInput | Conflict | NotAllowed | None = None,
    typed: Posted | None = None,
) -> Response:
    house = services(request)
    with house.core.database.read() as session:
        case = see(session, me, _id(request, me, number))
        if not may_make(me, case):
            raise NotAllowed("卷宗由经办人、科室负责人、办公室、分管领导、举报受理人或审计制作。")
    field = fault.field if isinstance(fault, InvalidInput) else ""
    return render(
        request, "console/casefile.html", 200 if fault is None else 422 if field else 409, number=number,
        forms=list(FORMS.items()), fault=str(fault or ""), errors={field: str(fault)} if field else {},
        typed=typed.values() if typed else {},
    )  # fmt: skip


def _id(request: Request, me: SignedIn, number: str) -> int:
    with services(request).core.database.read() as session:
        return case_id_of(session, me, number)
