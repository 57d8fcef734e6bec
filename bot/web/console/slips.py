"""交办单: the printable slip for a unit without sign-in, with room for its result."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.pages import render, services
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.casework.page import case_page
from handlers.casework.reading import record_reading
from handlers.deadlines.worktime import local_day
from handlers.errors import NotFound
from handlers.records import Case, UnitReferral

router = APIRouter(prefix="/console/slips", include_in_schema=False)


@router.get("/{referral_id}")
def slip(request: Request, referral_id: int, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """Show the slip; the reading of the case is recorded."""
    house = services(request)
    with house.core.database.write() as session:
        referral = session.get(UnitReferral, referral_id)
        if referral is None:
            raise NotFound("没有这张交办单。")
        record_reading(session, house.core, me, referral.case_id, house.now())
    with house.core.database.read() as session:
        case = session.get_one(Case, referral.case_id)
        page = case_page(session, house.core, me, case, house.now())
        unit = next((u for u in house.profile().units if u.code == referral.unit_code), None)
        back_by = local_day(referral.return_by - timedelta(seconds=1)) if referral.return_by else None
        words = [entry for entry in page.conversation if entry.side == "citizen"]
        return render(
            request,
            "console/office/slip.html",
            referral=referral,
            page=page,
            unit=unit,
            words=words,
            return_day=back_by,
        )
