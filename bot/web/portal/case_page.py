"""The page of one case as its citizen sees it: where it stands, by when, why, the answer, and what they can do."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web_form import LONGEST
from bot.services import Services
from bot.web.pages import render, services
from bot.web.portal import passes
from bot.web.portal.uploads import ACCEPT
from handlers.casework.citizen import Progress, progress_view
from handlers.casework.follow import FollowerView, followers_of
from handlers.casework.states import CASE_STATES
from handlers.deadlines.local import limits_of
from handlers.delivery.readable import read_by_citizen
from handlers.guides.outcome import sent_guide
from handlers.guides.receipt import ONE_MESSAGE, guide_link
from handlers.guides.short import short_form
from handlers.organisation.profile import Profile
from handlers.records import Case
from handlers.taxonomy import RATINGS


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a person tried on the page and how it failed; it is shown again so that nothing is lost."""

    words: str = ""
    rating: str = ""
    do: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def case_page(
    request: Request, case_id: int, attempt: Attempt = Attempt(), *, notice: str = "", status: int = 200
) -> Response:
    """Return the page; showing the answer is its delivery where it could not be pushed."""
    house = services(request)
    view = _view(house, case_id)
    return render(
        request,
        "portal/case.html",
        status,
        view=view,
        steps=_steps(view),
        reason=_reason(view, house.profile()),
        attempt=attempt,
        told=notice,
        given=passes.issue(house, case_id),
        once=secrets.token_urlsafe(18),
        guide=_guide(house, case_id),
        ratings=list(RATINGS.items()),
        followers=_followers(house, case_id),
        longest=LONGEST,
        accept=ACCEPT,
        file_mib=house.settings.attachment_mib,
        total_mib=house.settings.upload_mib,
    )


def _followers(house: Services, case_id: int) -> list[FollowerView]:
    """Who else reads this case with the person's consent; it ends with one press."""
    with house.core.database.read() as session:
        return [one for one in followers_of(session, house.core, case_id) if one.active]


def _guide(house: Services, case_id: int) -> str:
    """The guide that the case was sent at once, in full room ("" = none)."""
    with house.core.database.read() as session:
        sent = sent_guide(session, session.get_one(Case, case_id))
    if sent is None:
        return ""
    link = guide_link(house.settings.base_url, sent.guide.code)
    return short_form(sent.guide, house.profile(), link, ONE_MESSAGE)


def _view(house: Services, case_id: int) -> Progress:
    with house.core.database.read() as session:
        view = progress_view(session, house.core, case_id, house.now())
    if view.state == "to_deliver" and any(answer.purpose == "answer" for answer in view.answers):
        with house.core.database.write() as session:
            read_by_citizen(session, house.core, case_id, "web", house.now())
        with house.core.database.read() as session:
            return progress_view(session, house.core, case_id, house.now())
    return view


def _steps(view: Progress) -> list[dict[str, Any]]:
    steps = [{"at": step.at, "text": step.words, "note": "", "state": "done"} for step in view.steps]
    now = "等待经办人接手" if view.state == "assigned" and len(steps) > 1 else view.state_words
    if not CASE_STATES[view.state].terminal and now != view.steps[-1].words:
        steps.append({"at": None, "text": now, "note": "现在", "state": "now"})
    return steps


def _reason(view: Progress, profile: Profile) -> str:
    """Why this is the latest date; a sensitive case (no subject shown) gives no reason that names its kind."""
    rule = limits_of(profile).rules.get(view.rule)
    if rule is None or not view.subject:
        return ""
    if rule.house:
        return "这是我们自己定的时限：先确定由哪个科室办，再告诉您答复的日期。"
    return f"从收到算起 {rule.length_words}内{rule.act}，依据{rule.source_words}。"
