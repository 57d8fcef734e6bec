"""家人关注: number and the follower's own code show where a case stands and what was answered, and nothing more."""

from __future__ import annotations

import json
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web.forms import Posted
from bot.web.pages import render, services
from bot.web.portal import passes
from handlers.casework import citizen
from handlers.casework.follow import drop_follower, following, still_following
from handlers.errors import NotFound, SettingFault
from handlers.taxonomy import CONVERSATIONS


def look_up(request: Request, form: Posted) -> Response | None:
    """The page of a follower whose code it is; ``None`` when it is nobody's. The caller has bounded the tries."""
    house = services(request)
    try:
        with house.core.database.read() as session:
            found = following(session, house.core, form.text("number")[:40], form.text("code")[:40]).id
    except NotFound:
        return None
    return _show(request, house, found)


def page(request: Request, form: Posted) -> Response | None:
    """What a follower's pass asks for; ``None`` when the form carries another pass or none."""
    house = services(request)
    follower_id = _follower_of(house, form.text("pass"))
    if follower_id is None:
        return None
    if form.text("do") == "stop_following":
        with house.core.database.write() as session:
            case_id = still_following(session, follower_id).case_id
            drop_follower(session, house.core, case_id, follower_id, "follower", house.now())
        return render(request, "portal/following.html", view=None, given="")
    return _show(request, house, follower_id)


def unfollow(request: Request, house: Services, case_id: int, form: Posted) -> str:
    """The person concerned ends it: the follower's code opens nothing from now on."""
    with house.core.database.write() as session:
        drop_follower(session, house.core, case_id, form.number("follower") or 0, "citizen", house.now())
    return "已停止，对方的查询码不再能用。"


def _show(request: Request, house: Services, follower_id: int) -> Response:
    with house.core.database.read() as session:
        follower = still_following(session, follower_id)
        may_ask = (
            follower.notices and follower.citizen_id is None and bool(house.core.policy.push_channels & CONVERSATIONS)
        )
        view = citizen.progress_view(session, house.core, follower.case_id, house.now())
    return render(request, "portal/following.html", view=view, given=_pass(house, follower_id), may_ask=may_ask)


def _pass(house: Services, follower_id: int) -> str:
    until = (house.now() + passes.LASTS).isoformat()
    return house.core.vault.seal(json.dumps(["follow", follower_id, until]))


def _follower_of(house: Services, given: str) -> int | None:
    if not given or len(given) > 500:
        return None
    try:
        kind, follower_id, until = json.loads(house.core.vault.open(given))
        return int(follower_id) if kind == "follow" and datetime.fromisoformat(until) > house.now() else None
    except (ValueError, TypeError, SettingFault):
        return None
