"""留痕锚点: the daily anchors of the chain of events, to be printed and kept apart from the database."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.anchoring import anchor_folder
from bot.web.access import requires
from bot.web.pages import render, services
from handlers.accounts.roles import Role, SignedIn
from handlers.records.anchors import read_anchors

router = APIRouter(prefix="/console/anchors", include_in_schema=False)
_SHOWN: Final = 62


@router.get("")
def anchors(request: Request, me: Annotated[SignedIn, requires(Role.AUDITOR, Role.ADMIN)]) -> Response:
    """The latest anchors, newest first; they name no case and count the whole house."""
    house = services(request)
    try:
        found, fault = read_anchors(anchor_folder(house.settings)), ""
    except ValueError as broken:
        found, fault = [], str(broken)
    return render(request, "console/anchors.html", anchors=found[::-1][:_SHOWN], fault=fault)
