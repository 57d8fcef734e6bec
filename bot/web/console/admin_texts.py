"""文字, 办公时间, 值班: what we say, when we disturb nobody, and whom we wake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.console.admin import SAVED, only_admin, page, replan_open, save
from bot.web.forms import Posted, posted
from bot.web.pages import services
from handlers.accounts.absences import absences
from handlers.accounts.officers import everybody
from handlers.accounts.roles import SignedIn
from handlers.deadlines.worktime import local_day
from handlers.errors import HuiyingError, InvalidInput, NotFound
from handlers.escalation.duty import PATIENCE
from handlers.organisation import admin
from handlers.organisation.load import standard_wording
from handlers.organisation.profile import Profile
from handlers.organisation.wording import HOUSE_FIELDS, WORDING, check_wording

router = APIRouter(prefix="/console/admin", include_in_schema=False)

Form = Annotated[Posted, Depends(posted)]
Faults = Mapping[str, str]
HOURS: Final = (
    ("morning_start", "上午上班"),
    ("morning_end", "上午下班"),
    ("afternoon_start", "下午上班"),
    ("afternoon_end", "下午下班"),
)
_GROUPS: Final = (
    ("receipt_", "受理回执"),
    ("progress_", "查进度"),
    ("rate_", "评价"),
    ("supplement_", "补充"),
    ("withdraw_", "撤回"),
    ("person_", "转人工"),
    ("alert_", "给工作人员的提醒"),
    ("duty_", "给工作人员的提醒"),
)


@router.get("/wording")
def wording(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """Every outgoing text by group, with what should be looked at."""
    profile = services(request).profile()
    standard = standard_wording()
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for key, spec in WORDING.items():
        own = profile.wording.get(key) != standard.get(key)
        groups.setdefault(_group(key), []).append((key, spec.purpose, own))
    return page(request, "admin_wording.html", groups=groups, advice=check_wording(profile))


@router.get("/wording/{key}")
def text_page(request: Request, key: str, me: Annotated[SignedIn, only_admin()]) -> Response:
    """One text with its fields and how it reads."""
    return _text(request, key)


@router.post("/wording/{key}")
def save_text(request: Request, key: str, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Preview a text or save it; one with wrong or missing fields is refused with their names."""
    if form.text("do") == "preview":
        return _text(request, key, typed=form.values())
    text = standard_wording().get(key, "") if form.text("do") == "standard" else form.raw("text")

    def change(_: Session, profile: Profile) -> Profile:
        return admin.with_wording(profile, key, text)

    said = "已恢复标准文字。" if form.text("do") == "standard" else "已保存，从现在起照此发送。"
    return save(request, form, change, lambda *found: _text(request, key, *found), said)


@router.get("/hours")
def hours(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """Office hours and quiet hours."""
    return _hours(request)


@router.post("/hours")
def save_hours(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Change them."""

    def change(_: Session, profile: Profile) -> Profile:
        times = {name: _time(form, name) for name, _ in HOURS}
        return admin.with_hours(profile, times, {"start": _time(form, "start"), "end": _time(form, "end")})

    answer = save(request, form, change, lambda *found: _hours(request, *found), "已保存，在办的件照此重新安排提醒。")
    if answer.status_code == SAVED:
        replan_open(request)
    return answer


@router.get("/roster")
def roster(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """Whom an urgent message wakes, in order."""
    return _roster(request)


@router.post("/roster")
def save_roster(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Change the order."""

    def change(session: Session, profile: Profile) -> Profile:
        return admin.with_roster(session, profile, form.many("officer"))

    return save(request, form, change, lambda *found: _roster(request, *found), "值班表已保存。")


def _text(
    request: Request, key: str, status: int = 200, errors: Faults | None = None, typed: Faults | None = None
) -> Response:
    spec, profile = WORDING.get(key), services(request).profile()
    if spec is None:
        raise NotFound("没有这条文字。")
    text, errors = (typed or {}).get("text", profile.wording[key]), dict(errors or {})
    try:
        shown = admin.preview(admin.with_wording(profile, key, text), key)
    except HuiyingError as fault:
        shown, errors = "", errors or {"text": str(fault)}
    return page(
        request,
        "admin_text.html",
        status,
        key=key,
        spec=spec,
        text=text,
        shown=shown,
        house_fields=() if key == "signature" else HOUSE_FIELDS,
        is_standard=profile.wording[key] == standard_wording().get(key),
        errors=errors,
    )


def _hours(request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None) -> Response:
    profile = services(request).profile()
    now = {name: getattr(profile.hours, name).strftime("%H:%M") for name, _ in HOURS}
    now |= {"start": profile.quiet.start.strftime("%H:%M"), "end": profile.quiet.end.strftime("%H:%M")}
    return page(request, "admin_hours.html", status, v=now | dict(typed or {}), hours=HOURS, errors=errors or {})


def _roster(request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None) -> Response:
    house = services(request)
    with house.core.database.read() as session:
        people = [officer for officer in everybody(session) if not officer.disabled]
        lines = absences(session, local_day(house.now()))
    staff = [(officer.login, officer.name, bool(officer.addresses)) for officer in people]
    logins = {officer.id: officer.login for officer in people}
    away = [
        line
        for line in lines
        if logins.get(line.absence.officer_id) in {t.officer for t in house.profile().duty_roster}
    ]
    turns = [turn.officer for turn in house.profile().duty_roster]
    values: dict[str, Any] = {
        "turns": [*turns, "", ""],
        "away": away,
        "minutes": int(PATIENCE.total_seconds() // 60),
        "staff": [("", "（空）"), *((login, name) for login, name, _ in staff)],
        "unreachable": [name for login, name, reached in staff if login in turns and not reached],
    }
    return page(request, "admin_roster.html", status, errors=errors or {}, **values)


def _time(form: Posted, name: str) -> time:
    try:
        return time.fromisoformat(form.text(name))
    except ValueError:
        raise InvalidInput("时间请写成 08:30 的样子。", name) from None


def _group(key: str) -> str:
    return next((name for prefix, name in _GROUPS if key.startswith(prefix)), "办理和其他")
