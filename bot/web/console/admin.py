"""What the admin's pages share: their tabs, and one way of saving an edit of the organisation or showing its fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.errors import status_of
from bot.web.forms import Posted
from bot.web.pages import done, render, services
from handlers.accounts.roles import Role
from handlers.deadlines.recompute import recount
from handlers.errors import HuiyingError, InvalidInput
from handlers.fresh import forget
from handlers.organisation import admin
from handlers.organisation.profile import Profile

#: What a saved form answers with: the way back.
SAVED: Final = 303
log = structlog.get_logger("huiying.admin")
TABS: Final = (
    ("/console/admin", "人员"),
    ("/console/admin/sections", "科室"),
    ("/console/admin/units", "单位"),
    ("/console/admin/routes", "业务归口"),
    ("/console/admin/wording", "文字"),
    ("/console/admin/ladder", "预警"),
    ("/console/admin/hours", "办公时间"),
    ("/console/admin/calendar", "工作日历"),
    ("/console/admin/limits", "办理时限"),
    ("/console/admin/ways", "审签程序"),
    ("/console/admin/roster", "值班"),
    ("/console/admin/bureau", "机构与导出"),
)

#: Shows one page of the admin again; takes status, the faults by field, and what was typed.
Show = Callable[[int, Mapping[str, str], Mapping[str, str]], Response]


def only_admin() -> Any:
    """The declaration of access of every page here."""
    return requires(Role.ADMIN)


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Render a page of the admin with its tabs and the version that its forms carry."""
    with services(request).core.database.read() as session:
        seen = admin.version(session)
    return render(request, f"console/office/{template}", status, tabs=TABS, seen=seen, **values)


def save(
    request: Request, form: Posted, change: Callable[[Any, Profile], Profile], show: Show, notice: str, to: str = ""
) -> Response:
    """Apply ``change(session, profile)`` and go back with a notice, or show the page again with what is wrong.

    ``to`` is where the notice is shown ("" = on the page itself).
    """
    house = services(request)
    try:
        with house.core.database.write() as session:
            admin.edit(session, lambda profile: change(session, profile), form.number("seen") or 0, house.now())
    except HuiyingError as fault:
        field = fault.field if isinstance(fault, InvalidInput) else ""
        return show(status_of(fault), {field: str(fault)}, form.values())
    refresh(request)
    log.info("organisation edited", officer=request.state.me.login, page=request.url.path)
    return done(to or request.url.path.rsplit("/remove", 1)[0], notice)


def replan_open(request: Request) -> None:
    """Count the open clocks anew after an edit of hours or ladder, so that their next alarms follow at once."""
    house = services(request)
    recount(house.core, house.core.calendar(), house.now(), actor=f"officer:{request.state.me.officer_id}")


def refresh(request: Request) -> None:
    """Let this process see the edit at once; the others see it within seconds."""
    forget(services(request).core.profile)
