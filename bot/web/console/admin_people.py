"""人员: adding, changing, disabling officers; first passwords, shown once; where alerts reach them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from bot.web.console.admin import log, only_admin, page
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.pages import done, render, services
from handlers.accounts import officers
from handlers.accounts.absences import absences, absent_on
from handlers.accounts.roles import ROLE_NAMES, Role, SignedIn
from handlers.casework.restrict import adopt_orphans
from handlers.deadlines.worktime import local_day
from handlers.errors import Conflict, HuiyingError, InvalidInput, NotFound

router = APIRouter(prefix="/console/admin", include_in_schema=False)

#: Alert channels an officer can have an address on.
ADDRESSES: Final = (("wecom", "企业微信账号"), ("telegram", "Telegram 编号"))


@router.get("")
def people(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """Everybody who can sign in, the disabled ones last."""
    return _list(request)


@router.post("/officers")
def add(request: Request, me: Annotated[SignedIn, only_admin()], form: Annotated[Posted, Depends(posted)]) -> Response:
    """Add an officer; the made-up first password is shown on the answer and nowhere else."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            officer, password = officers.add(
                session,
                login=form.text("login"),
                name=form.text("name"),
                role=_role(form),
                section=form.text("section"),
                sections={section.code for section in house.profile().sections},
                now=house.now(),
                receives_reports=form.flag("receives_reports"),
            )
            adopt_orphans(session, house.core)
    except HuiyingError as fault:
        return _list(request, status_of(fault), _faults(fault, "login"), form.values())
    log.info("officer added", officer=me.login, login=officer.login, role=officer.role)
    return _password_page(request, officer.name, officer.login, password)


@router.get("/officers/{login}")
def officer_page(request: Request, login: str, me: Annotated[SignedIn, only_admin()]) -> Response:
    """One officer's page."""
    return _one(request, login)


@router.post("/officers/{login}")
def change(
    request: Request, login: str, me: Annotated[SignedIn, only_admin()], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Change name, role, section, the receiving of reports, and alert addresses."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            codes = {section.code for section in house.profile().sections}
            officer = officers.change(
                session, login, name=form.text("name"), role=_role(form), section=form.text("section"), sections=codes
            )
            officer.receives_reports = form.flag("receives_reports")
            officer.addresses = {code: form.text(code) for code, _ in ADDRESSES if form.text(code)}
            session.flush()
            adopt_orphans(session, house.core)
    except NotFound:
        raise
    except HuiyingError as fault:
        return _one(request, login, status_of(fault), _faults(fault, "role"), form.values())
    log.info("officer changed", officer=me.login, login=login, role=form.text("role"))
    return done(f"/console/admin/officers/{login}", "已保存。")


@router.post("/officers/{login}/{what}")
def switch(request: Request, login: str, what: str, me: Annotated[SignedIn, only_admin()]) -> Response:
    """停用, 恢复, 重设密码."""
    house = services(request)
    if what not in ("disable", "enable", "password"):
        raise NotFound("没有这个操作。")
    log.info("officer switched", officer=me.login, login=login, what=what)
    try:
        with house.core.database.write() as session:
            if what == "password":
                name = officers.by_login(session, login).name
                password = officers.reset_password(session, login, house.now())
                return _password_page(request, name, login, password)
            if what == "disable":
                officers.disable(session, login, house.now())
                session.flush()
                adopt_orphans(session, house.core)
            else:
                officers.enable(session, login)
    except Conflict as fault:
        return _one(request, login, 409, {"": str(fault)})
    said = "已停用，所有登录立即失效；名下的件请科室负责人改派。" if what == "disable" else "已恢复，可以登录。"
    return done(f"/console/admin/officers/{login}", said)


def _list(
    request: Request, status: int = 200, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    house = services(request)
    with house.core.database.read() as session:
        rows = officers.everybody(session)
        away = absent_on(session, local_day(house.now()))
    return page(
        request,
        "admin_people.html",
        status,
        rows=rows,
        away=away,
        errors=errors or {},
        typed=typed or {},
        **_choices(request),
    )


def _one(
    request: Request,
    login: str,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    house = services(request)
    with house.core.database.read() as session:
        officer = officers.by_login(session, login)
        away = absences(session, local_day(house.now()), officer.id)
    return page(
        request,
        "admin_officer.html",
        status,
        officer=officer,
        away=[line for line in away if line.absence.officer_id == officer.id],
        addresses=ADDRESSES,
        errors=errors or {},
        typed=typed or {},
        **_choices(request),
    )


def _choices(request: Request) -> dict[str, Any]:
    sections = [(section.code, section.name) for section in services(request).profile().sections]
    return {
        "roles": [(role.value, name) for role, name in ROLE_NAMES.items()],
        "role_names": {role.value: name for role, name in ROLE_NAMES.items()},
        "sections": [("", "不属于科室"), *sections],
        "section_names": dict(sections),
    }


def _password_page(request: Request, name: str, login: str, password: str) -> Response:
    response = render(request, "console/office/admin_password.html", name=name, login=login, password=password)
    response.headers["cache-control"] = "no-store"
    return response


def _role(form: Posted) -> Role:
    try:
        return Role(form.text("role"))
    except ValueError:
        raise InvalidInput("请选择角色。", "role") from None


def _faults(fault: HuiyingError, else_field: str) -> dict[str, str]:
    return {fault.field if isinstance(fault, InvalidInput) else else_field: str(fault)}
