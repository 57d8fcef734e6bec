"""延期审批: the list of extensions that wait for this approver, each with its reason and both dates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.pages import render, services
from handlers.accounts.roles import Role, SignedIn
from handlers.procedure.consents import waiting_for

router = APIRouter(prefix="/console/consents", include_in_schema=False)


@router.get("")
def consent_list(request: Request, me: Annotated[SignedIn, requires(Role.HEAD, Role.OFFICE, Role.LEADER)]) -> Response:
    """Everything that waits for this person's decision; the forms post to the case, as on its own page."""
    house = services(request)
    with house.core.database.read() as session:
        waiting = waiting_for(session, house.core, me)
        return render(request, "console/consents.html", waiting=waiting)
