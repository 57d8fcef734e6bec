"""Switching 长者模式 (large type) from any page, by a plain link."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.access import public
from bot.web.pages import LARGE_COOKIE, safe_path

router = APIRouter()


@router.get("/display", dependencies=[public()], include_in_schema=False)
def display(request: Request, large: int = 0, back: str = "/") -> Response:
    """Remember the wish in a cookie (a year) and go back to the page."""
    response = RedirectResponse(safe_path(back), status_code=303)
    response.set_cookie(LARGE_COOKIE, "1" if large else "0", max_age=365 * 86400, samesite="lax")
    return response
