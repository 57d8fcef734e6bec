"""Home, whom to ask for what (办事指南), and how personal information is protected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import public
from bot.web.pages import render, services
from handlers.organisation.profile import Profile
from handlers.taxonomy import TOPICS

router = APIRouter(include_in_schema=False)

_DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Matter:
    """Who deals with a topic, and how to ring them."""

    name: str
    section: str
    phone: str


@router.get("/", dependencies=[public()])
def home(request: Request) -> Response:
    """Three big choices."""
    return render(request, "portal/home.html")


@router.get("/guides", dependencies=[public()])
def guides(request: Request) -> Response:
    """Which section deals with what, where and when: all from the profile."""
    profile = services(request).profile()
    return render(
        request,
        "portal/guides.html",
        matters=[_matter(profile, topic, name) for topic, name in TOPICS.items() if topic != "not_ours"],
        bureaus=[unit for unit in profile.units if unit.kind == "district"],
        institutions=[unit for unit in profile.units if unit.kind == "affiliated"],
    )


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


def _matter(profile: Profile, topic: str, name: str) -> Matter:
    route = profile.route(topic)
    if route.transfer_to:
        unit = profile.unit(route.transfer_to)
        return Matter(name, unit.name, unit.phone)
    section = profile.section(route.lead)
    return Matter(name, section.name, section.phone or profile.phone)


def _span(days: int) -> str:
    years, rest = divmod(days, _DAYS_A_YEAR)
    return f"{years} 年" if years and not rest else f"{days} 天"
