"""办理时限: every rule with its source, what the bureau sets otherwise, what that moves, and its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, cast

import structlog
from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bot.web.console.admin import only_admin, page, refresh
from bot.web.errors import status_of
from bot.web.forms import Posted, posted
from bot.web.pages import done, services
from handlers.accounts.roles import ROLE_NAMES, Role, SignedIn
from handlers.casework.doing import required
from handlers.deadlines.limit_edit import Preview, apply, edits, preview
from handlers.deadlines.limits import UNIT_NAMES, Limits, Rule, load_limits
from handlers.deadlines.local import limits_of
from handlers.deadlines.recompute import Recount
from handlers.errors import HuiyingError, InvalidInput, NotFound
from handlers.organisation.profile import LimitOverride
from handlers.supervision.sweep import recount_slips
from handlers.taxonomy import TRACKS

router = APIRouter(prefix="/console/admin/limits", include_in_schema=False)
log = structlog.get_logger("huiying.admin")

Form = Annotated[Posted, Depends(posted)]
Faults = Mapping[str, str]
CERTAINTY: Final = {
    "P": "法定（已见原文）", "S": "见于公开转载", "M": "待核实", "L": "本单位另定", "house": "内部规定",
}  # fmt: skip
PAUSES: Final = {
    "third_party": "征求第三方意见", "joint_author": "征求共同制作机关意见", "hearing": "听证", "correction": "补正",
}  # fmt: skip
_APPROVERS: Final = (Role.HEAD, Role.OFFICE, Role.LEADER)
_MOST_ROWS: Final = 100


@router.get("")
def limits_page(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """Every rule by track."""
    limits = limits_of(services(request).profile())
    groups: dict[str, list[Rule]] = {}
    for rule in limits.rules.values():
        groups.setdefault(TRACKS.get(rule.track, rule.track), []).append(rule)
    return page(request, "admin_limits.html", groups=groups, names=_names(limits), starts=limits.startable)


@router.get("/{code}")
def limit_page(request: Request, code: str, me: Annotated[SignedIn, only_admin()]) -> Response:
    """One rule, the form for setting it otherwise, its history."""
    return _one(request, code)


@router.post("/{code}")
def set_limit(request: Request, code: str, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Show what a local override would move (``do=preview``), or put it in force."""
    try:
        override = _override(form, _shipped(code))
        why = required(form.text("why"), "why", "为什么改", 300)
        return _go_on(request, me, form, code, override, why)
    except HuiyingError as fault:
        return _one(request, code, status_of(fault), _faults(fault), form.values())


@router.post("/{code}/undo")
def undo_limit(request: Request, code: str, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Show what undoing the override in force would move, or undo it."""
    try:
        return _go_on(request, me, form, code, None, required(form.text("undo_why"), "undo_why", "为什么撤销", 300))
    except HuiyingError as fault:
        return _one(request, code, status_of(fault), _faults(fault), form.values())


def _go_on(
    request: Request, me: SignedIn, form: Posted, code: str, override: LimitOverride | None, why: str
) -> Response:
    house = services(request)
    if form.text("do") != "apply":
        seen = preview(house.core, code, override, house.now())
        return _one(request, code, typed=form.values(), seen_change=seen, undoing=override is None)
    counted = apply(house.core, code, override, why, me.officer_id, form.number("seen") or 0, house.now())
    refresh(request)
    recount_slips(house.core, house.now())
    log.info("limit changed", officer=me.login, rule=code, undone=override is None, moved=counted.moved)
    return done(f"/console/admin/limits/{code}", _said(code, counted, undone=override is None))


def _one(
    request: Request,
    code: str,
    status: int = 200,
    errors: Faults | None = None,
    typed: Faults | None = None,
    seen_change: Preview | None = None,
    undoing: bool = False,
) -> Response:
    house, shipped = services(request), _shipped(code)
    rule = limits_of(house.profile()).rule(code)
    with house.core.database.read() as session:
        history = edits(session, code)
    own = next((one for one in house.profile().limits if one.rule == code), None)
    return page(
        request, "admin_limit.html", status, rule=rule, shipped=shipped, history=history, errors=errors or {},
        own=own, v=_first(rule, own) | (_typed(typed) if typed else {}), unit=UNIT_NAMES[rule.unit],
        approvers=[("", "没有延期，或照原规定"), *((role.value, ROLE_NAMES[role]) for role in _APPROVERS)],
        names=_names(limits_of(house.profile())), track=TRACKS.get(rule.track, rule.track),
        pauses="、".join(PAUSES.get(one, one) for one in rule.pauses), change=seen_change, undoing=undoing,
        moved=_moved(seen_change) if seen_change else [],
    )  # fmt: skip


def _names(limits: Limits) -> dict[str, Any]:
    roles = {role.value: name for role, name in ROLE_NAMES.items()}
    return {"certainty": CERTAINTY, "pauses": PAUSES, "units": UNIT_NAMES, "roles": roles}


def _first(rule: Rule, own: LimitOverride | None) -> dict[str, Any]:
    extension = rule.extension
    return {
        "length": rule.length or "", "extension": extension.length if extension else "",
        "approver": extension.approver if extension else "", "name": rule.name, "active": rule.active,
        "confirmed": bool(own and own.confirmed), "source": own.source if own else "", "why": "", "undo_why": "",
    }  # fmt: skip


def _typed(typed: Faults) -> dict[str, Any]:
    if "undo_why" in typed:
        return {"undo_why": typed["undo_why"]}
    return {**typed, "active": bool(typed.get("active")), "confirmed": bool(typed.get("confirmed"))}


def _override(form: Posted, shipped: Rule) -> LimitOverride:
    """What was typed, as far as it differs from what ships."""
    source = required(form.text("source"), "source", "来源（文件名称、文号或会议纪要）：没有来源的时限不能用", 300)
    length, extension = _count(form, "length"), _count(form, "extension")
    allowed = shipped.extension.length if shipped.extension else 0
    approver = form.text("approver") if form.text("approver") in _APPROVERS else ""
    same_approver = shipped.extension is not None and approver == shipped.extension.approver
    given = {
        "rule": shipped.code, "source": source,
        "length": None if length in (None, shipped.length) else length,
        "extension": None if (extension or 0) == allowed else extension or 0,
        "approver": "" if same_approver or not (extension or 0) else approver,
        "name": "" if form.text("name") in ("", shipped.name) else form.text("name"),
        "active": form.flag("active"), "confirmed": form.flag("confirmed"),
    }  # fmt: skip
    try:
        found = LimitOverride(**cast(Any, given))
    except ValidationError as fault:
        field = str(fault.errors()[0]["loc"][0])
        raise InvalidInput("这一项太长、太短或不是 1 到 3650 之间的整数。", field) from fault
    if found == LimitOverride(rule=shipped.code, source=source):
        raise InvalidInput("和原规定完全一样，没有要改的。要恢复原规定请用“撤销”。", "length")
    return found


def _count(form: Posted, name: str) -> int | None:
    if not form.text(name):
        return None
    found = form.number(name)
    if found is None:
        raise InvalidInput("请填整数。", name)
    return found


def _shipped(code: str) -> Rule:
    rule = load_limits().rules.get(code)
    if rule is None:
        raise NotFound("没有这条时限。")
    return rule


def _moved(change: Preview) -> list[tuple[str, str, int, int]]:
    rows = [row for row in change.moved if row.before != row.after][:_MOST_ROWS]
    return [(_shown(row.before), _shown(row.after), row.clocks, row.overdue) for row in rows]


def _shown(due: str) -> str:
    return due[:16].replace("T", " ")


def _said(code: str, counted: Recount, *, undone: bool) -> str:
    failed = f"，{counted.failed} 个无法计算，请查看日志" if counted.failed else ""
    verb = "已撤销，恢复到之前的规定" if undone else "已按本单位的规定执行"
    return f"{code} {verb}。核对了 {counted.clocks} 个未结的计时，{counted.moved} 个期限变动{failed}。"


def _faults(fault: HuiyingError) -> dict[str, str]:
    if isinstance(fault, NotFound):
        raise fault
    return {fault.field if isinstance(fault, InvalidInput) else "": str(fault)}
