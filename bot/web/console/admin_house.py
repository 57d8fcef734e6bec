"""科室, 单位, 业务归口, 机构与导出: who is there and where each topic goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, cast

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.console.admin import only_admin, page, save
from bot.web.forms import Posted, posted
from bot.web.pages import services
from handlers.accounts.officers import everybody
from handlers.accounts.roles import SignedIn
from handlers.casework.restrict import adopt_orphans
from handlers.errors import InvalidInput
from handlers.organisation import admin
from handlers.organisation.check import check_profile
from handlers.organisation.load import to_toml
from handlers.organisation.profile import Profile, Section, TopicRoute, Unit
from handlers.taxonomy import TOPICS

router = APIRouter(prefix="/console/admin", include_in_schema=False)

UNIT_KINDS: Final = {
    "district": "旗县区", "street": "街道乡镇", "affiliated": "直属单位", "department": "其他部门", "hotline": "热线",
}  # fmt: skip
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_BUREAU: Final = ("name", "short_name", "phone", "duty_phone", "address", "office", "report_recipient")
Form = Annotated[Posted, Depends(posted)]
Faults = Mapping[str, str]


@router.get("/sections")
def sections(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """The sections, each with its topics."""
    return _sections(request)


@router.post("/sections")
def save_section(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Add a section or change one."""

    def change(_: Session, profile: Profile) -> Profile:
        attested = any(s.code == form.text("code") and s.attested for s in profile.sections)
        part = Section(code=_code(form), name=form.text("name"), phone=form.text("phone"), attested=attested)
        return admin.with_section(profile, part)

    return save(request, form, change, lambda *found: _sections(request, *found), f"已保存 {form.text('name')}。")


@router.post("/sections/remove")
def remove_section(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Remove a section that nothing hangs on."""

    def change(session: Session, profile: Profile) -> Profile:
        return admin.without_section(session, profile, form.text("code"))

    return save(request, form, change, lambda *found: _sections(request, *found), "已删除。")


@router.get("/units")
def units(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """The units that cases can be given to."""
    return _units(request)


@router.post("/units")
def save_unit(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Add a unit or change one."""

    def change(_: Session, profile: Profile) -> Profile:
        if form.text("kind") not in UNIT_KINDS:
            raise InvalidInput("请选择类别。", "kind")
        kind = cast(Literal["district", "street", "affiliated", "department", "hotline"], form.text("kind"))
        part = Unit(
            code=_code(form), name=form.text("name"), kind=kind, phone=form.text("phone"), address=form.text("address")
        )
        return admin.with_unit(profile, part)

    return save(request, form, change, lambda *found: _units(request, *found), f"已保存 {form.text('name')}。")


@router.post("/units/remove")
def remove_unit(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Remove a unit that no topic names."""

    def change(_: Session, profile: Profile) -> Profile:
        return admin.without_unit(profile, form.text("code"))

    return save(request, form, change, lambda *found: _units(request, *found), "已删除。")


@router.get("/routes")
def routes(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """Where each topic goes."""
    return _routes(request)


@router.post("/routes")
def save_route(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Change one topic's sections and units; new messages follow at once, open cases stay where they are."""

    def change(_: Session, profile: Profile) -> Profile:
        route = TopicRoute(
            topic=form.text("topic"),
            lead=form.text("lead"),
            cooperating=form.many("cooperating"),
            units=form.many("units"),
            transfer_to=form.text("transfer_to"),
        )
        return admin.with_route(profile, route)

    name = TOPICS.get(form.text("topic"), "")
    said = f"“{name}”的归口已保存；新来的诉求照此分派，在办的不变。"
    return save(request, form, change, lambda *found: _routes(request, *found), said)


@router.get("/bureau")
def bureau(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """The bureau itself, what is still to be seen to, and the export."""
    return _bureau(request)


@router.post("/bureau")
def save_bureau(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Change names, telephones, the office and the recipient of reports."""

    def change(_: Session, profile: Profile) -> Profile:
        return admin.with_bureau(profile, **{name: form.text(name) for name in _BUREAU})

    answer = save(request, form, change, lambda *found: _bureau(request, *found), "已保存。")
    house = services(request)
    with house.core.database.write() as session:
        adopt_orphans(session, house.core)
    return answer


@router.get("/export")
def export(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """The organisation as a profile file that another installation can load."""
    profile = services(request).profile()
    headers = {"content-disposition": f'attachment; filename="{profile.code}.toml"'}
    return Response(to_toml(profile), media_type="application/toml; charset=utf-8", headers=headers)


def _sections(
    request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None
) -> Response:
    profile = services(request).profile()
    topics: dict[str, list[str]] = {}
    for route in profile.routes:
        topics.setdefault(route.lead, []).append(TOPICS[route.topic])
    values = {"rows": profile.sections, "topics": topics}
    return page(request, "admin_sections.html", status, errors=errors or {}, typed=typed or {}, **values)


def _units(request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None) -> Response:
    values = {"rows": services(request).profile().units, "kinds": list(UNIT_KINDS.items()), "kind_names": UNIT_KINDS}
    return page(request, "admin_units.html", status, errors=errors or {}, typed=typed or {}, **values)


def _routes(request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None) -> Response:
    profile = services(request).profile()
    values: dict[str, Any] = {
        "rows": [(route, TOPICS[route.topic]) for route in profile.routes],
        "section_list": [(section.code, section.name) for section in profile.sections],
        "unit_list": [(unit.code, unit.name) for unit in profile.units],
        "unit_names": {unit.code: unit.name for unit in profile.units},
        "section_names": profile.section_names,
    }
    return page(request, "admin_routes.html", status, errors=errors or {}, typed=typed or {}, **values)


def _bureau(request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None) -> Response:
    house = services(request)
    profile = house.profile()
    with house.core.database.read() as session:
        staff = [(o.login, f"{o.name}（{o.login}）") for o in everybody(session) if not o.disabled]
    values: dict[str, Any] = {
        "bureau": {name: getattr(profile, name) for name in _BUREAU} | dict(typed or {}),
        "section_list": [(section.code, section.name) for section in profile.sections],
        "staff": [("", "还没有指定"), *staff],
        "to_do": check_profile(profile, [login for login, _ in staff]),
    }
    return page(request, "admin_bureau.html", status, errors=errors or {}, **values)


def _code(form: Posted) -> str:
    code = form.text("code")
    if not _CODE.fullmatch(code):
        raise InvalidInput("代码用小写字母开头，只含小写字母、数字和下划线，2 到 40 个字符。", "code")
    return code
