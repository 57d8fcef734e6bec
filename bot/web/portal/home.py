"""Home, and how personal information is protected."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import public
from bot.web.pages import render, services

router = APIRouter(include_in_schema=False)

_DAYS_A_YEAR: Final = 365


@router.get("/", dependencies=[public()])
def home(request: Request) -> Response:
    """Three big choices."""
    return render(request, "portal/home.html")


@router.get("/privacy", dependencies=[public()])
def privacy(request: Request) -> Response:
    """What is kept, what for, how long, who sees it, and one's rights."""
    settings = services(request).settings
    return render(
        request,
        "portal/privacy.html",
        closed=_span(settings.retain_closed_days),
        contact=_span(settings.retain_contact_days),
        attachments=_span(settings.retain_attachments_days),
        raw=_span(settings.retain_raw_days),
        telegram=bool(settings.telegram_token.get_secret_value()),
    )


def _span(days: int) -> str:
    years, rest = divmod(days, _DAYS_A_YEAR)
    return f"{years} 年" if years and not rest else f"{days} 天"
