"""办事指南 for citizens: the guides in force, one page each, and whom to ask for everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web.access import public
from bot.web.pages import render, services
from handlers.deadlines.worktime import local_day
from handlers.errors import NotFound
from handlers.guides.guide import Guide
from handlers.guides.short import desk_of
from handlers.guides.store import Kept, in_force
from handlers.organisation.profile import Profile
from handlers.taxonomy import TOPICS

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Matter:
    """Who deals with a topic, and how to ring them."""

    name: str
    section: str
    phone: str


@router.get("/guides", dependencies=[public()])
def guides(request: Request) -> Response:
    """The guides by topic; then which section deals with what, where and when, from the profile."""
    house = services(request)
    profile = house.profile()
    found: dict[str, list[Guide]] = {}
    for kept in _in_force(house, house.now()):
        found.setdefault(TOPICS[kept.guide.topic], []).append(kept.guide)
    return render(
        request,
        "portal/guides.html",
        groups=found,
        matters=[_matter(profile, topic, name) for topic, name in TOPICS.items() if topic != "not_ours"],
        bureaus=[unit for unit in profile.units if unit.kind == "district"],
        institutions=[unit for unit in profile.units if unit.kind == "affiliated"],
    )


@router.get("/guides/{code}", dependencies=[public()])
def guide(request: Request, code: str) -> Response:
    """One guide, as it holds now."""
    house = services(request)
    kept = next((kept for kept in _in_force(house, house.now()) if kept.guide.code == code), None)
    if kept is None:
        raise NotFound("没有这份办事指南，或者它已经不再有效。请看办事指南的目录，或打电话问我们。")
    desk = desk_of(kept.guide, house.profile())
    return render(request, "portal/guide.html", guide=kept.guide, desk=desk, checked=kept.row.approved_at)


def _in_force(house: Services, now: datetime) -> list[Kept]:
    with house.core.database.read() as session:
        return [kept for kept in in_force(session) if kept.guide.valid_on(local_day(now))]


def _matter(profile: Profile, topic: str, name: str) -> Matter:
    route = profile.route(topic)
    if route.transfer_to:
        unit = profile.unit(route.transfer_to)
        return Matter(name, unit.name, unit.phone)
    section = profile.section(route.lead)
    return Matter(name, section.name, section.phone or profile.phone)
