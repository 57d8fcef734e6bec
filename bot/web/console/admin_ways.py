"""审签程序: which steps a reply of each sort takes before it is issued, in words; set otherwise after a preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.console.admin import SAVED, only_admin, page, save
from bot.web.forms import Posted, posted
from bot.web.pages import services
from handlers.accounts.roles import SignedIn
from handlers.errors import InvalidInput, NotFound
from handlers.organisation.approvals import Approvals
from handlers.organisation.profile import Profile
from handlers.signing.bench import benches
from handlers.signing.setting import under_way, with_legal_section, with_way
from handlers.signing.ways import CONCERNS, MATTERS, STEPS, in_words

router = APIRouter(prefix="/console/admin/ways", include_in_schema=False)
log = structlog.get_logger("huiying.admin")

Form = Annotated[Posted, Depends(posted)]
Faults = Mapping[str, str]
#: The fields of the form: the first step, the second …
_PLACES: Final = tuple(f"step-{n}" for n in range(1, len(STEPS) + 1))


@router.get("")
def ways_page(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """Every matter's way, who checks legality, whom the bureau has for each step."""
    return _all(request)


@router.post("/legal")
def save_legal(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Let another section check legality."""

    def change(_: Session, profile: Profile) -> Profile:
        return with_legal_section(profile, form.text("legal_section"))

    said = "已保存；正在等合法性审核的件也由这个科室来审。"
    return save(request, form, change, lambda *found: _all(request, *found), said, to="/console/admin/ways")


@router.get("/{matter}")
def way_page(request: Request, matter: str, me: Annotated[SignedIn, only_admin()]) -> Response:
    """One matter's steps as a form."""
    return _one(request, matter)


@router.post("/{matter}")
def set_way(request: Request, matter: str, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Show the way that the steps make (``do=preview``), or put it in force."""
    before = _way(services(request).profile(), matter)
    steps = [step for step in (form.text(place) for place in _PLACES) if step]
    if form.text("do") != "apply":
        return _preview(request, matter, steps, form.values())

    def change(_: Session, profile: Profile) -> Profile:
        return with_way(profile, matter, steps)

    said = f"已保存。{in_words(matter, steps)}。新送审的照此办。" if {*steps} <= {*STEPS} else ""
    answer = save(request, form, change, lambda *found: _one(request, matter, *found), said, to="/console/admin/ways")
    if answer.status_code == SAVED:
        log.info("signing way set", officer=me.login, matter=matter, before=before, after=steps)
    return answer


def _preview(request: Request, matter: str, steps: list[str], typed: Mapping[str, str]) -> Response:
    house = services(request)
    try:
        with_way(house.profile(), matter, steps)
    except InvalidInput as fault:
        return _one(request, matter, 422, {fault.field: str(fault)}, typed)
    with house.core.database.read() as session:
        affected = under_way(session, matter, steps)
    return _one(request, matter, typed=typed, change={"words": in_words(matter, steps), "affected": affected})


def _all(request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None) -> Response:
    house, shipped = services(request), Approvals().ways
    profile = house.profile()
    with house.core.database.read() as session:
        found = benches(session, profile)
    ways = profile.approvals.ways
    rows = [(matter, CONCERNS[matter], in_words(matter, ways[matter]), ways[matter] != shipped[matter])
            for matter in MATTERS]  # fmt: skip
    sections = [(section.code, section.name) for section in profile.sections]
    return page(
        request, "admin_ways.html", status, rows=rows, benches=found, errors=errors or {},
        sections=sections if profile.legal_section else [("", "还没有选定"), *sections],
        legal=(typed or {}).get("legal_section", profile.legal_section),
    )  # fmt: skip


def _one(
    request: Request,
    matter: str,
    status: int = 200,
    errors: Faults | None = None,
    typed: Faults | None = None,
    change: Mapping[str, Any] | None = None,
) -> Response:
    way = _way(services(request).profile(), matter)
    now = dict(zip(_PLACES, (*way, "", "", "", ""), strict=False))
    return page(
        request, "admin_way.html", status, matter=matter, name=MATTERS[matter], concerns=CONCERNS[matter],
        now_words=in_words(matter, way), shipped_words=in_words(matter, Approvals().ways[matter]),
        places=_PLACES, chosen=now | dict(typed or {}), steps=[("", "没有"), *STEPS.items()],
        errors=errors or {}, change=change, same=change is not None and change["words"] == in_words(matter, way),
    )  # fmt: skip


def _way(profile: Profile, matter: str) -> tuple[str, ...]:
    if matter not in MATTERS:
        raise NotFound("没有这类答复。")
    return profile.approvals.ways[matter]
