"""What an admin edits: each change takes a profile and gives the changed one, checked whole before it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.errors import Conflict, InvalidInput
from handlers.organisation.approvals import Approvals
from handlers.organisation.profile import DutyTurn, LadderStep, Profile, Section, TopicRoute, Unit
from handlers.organisation.store import read_profile, write_profile
from handlers.organisation.wording import WORDING, WordingSpec, render, wording_faults
from handlers.records import Case, Officer, ProfileHead

Change = Callable[[Profile], Profile]


def version(session: Session) -> int:
    """The version of the organisation as the tables hold it: a form carries it, so that no edit undoes another."""
    return session.scalar(select(ProfileHead.version)) or 0


def edit(session: Session, change: Change, seen: int, now: datetime) -> Profile:
    """Apply one change to the organisation in the tables and return it as it stands then.

    ``seen`` is the version that the admin looked at. Raises Conflict when another admin was quicker, InvalidInput when
    the result would not hold together (the text says what refers to what).
    """
    head = session.scalars(
        select(ProfileHead).with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()
    if head is not None and head.version != seen:
        raise Conflict("另一位管理员刚刚改过机构资料。请看过现在的内容再改。")
    try:
        profile = change(read_profile(session))
    except ValidationError as fault:
        raise _broken(fault) from fault
    write_profile(session, profile, now)
    return profile


def with_bureau(profile: Profile, **fields: str) -> Profile:
    """Change the bureau itself: ``name``, ``short_name``, ``phone``, ``duty_phone``, ``address``, ``office``,
    ``report_recipient``."""
    known = {"name", "short_name", "phone", "duty_phone", "address", "office", "report_recipient"}
    wanted = {name: value.strip() for name, value in fields.items() if name in known}
    for name in ("name", "short_name", "phone", "duty_phone"):
        if name in wanted and not wanted[name]:
            raise InvalidInput("这一项不能为空，群众看到的每条文字都要用。", name)
    return _changed(profile, **wanted)


def with_section(profile: Profile, section: Section) -> Profile:
    """Add a section, or change the one of the same code."""
    _named(section.name)
    return _changed(profile, sections=_put(profile.sections, section))


def without_section(session: Session, profile: Profile, code: str) -> Profile:
    """Remove a section that nothing hangs on any more."""
    using = [route.topic for route in profile.routes if code in (route.lead, *route.cooperating)]
    if using or code == profile.office:
        raise InvalidInput("还有业务类别归这个科室（或它是办公室），请先改归别的科室。", "code")
    if code == profile.legal_section:
        raise InvalidInput("合法性审核由这个科室来做，请先在“审签程序”里选别的科室。", "code")
    if session.scalar(select(Officer.id).where(Officer.section_code == code, Officer.disabled.is_(False)).limit(1)):
        raise InvalidInput("这个科室还有在岗人员，请先调整人员。", "code")
    if session.scalar(select(Case.id).where(Case.section_code == code, Case.closed_at.is_(None)).limit(1)):
        raise InvalidInput("这个科室还有未办结的诉求，请先转办。", "code")
    return _changed(profile, sections=tuple(s for s in profile.sections if s.code != code))


def with_unit(profile: Profile, unit: Unit) -> Profile:
    """Add a unit, or change the one of the same code."""
    _named(unit.name)
    return _changed(profile, units=_put(profile.units, unit))


def without_unit(profile: Profile, code: str) -> Profile:
    """Remove a unit that no topic names."""
    if any(code in (*route.units, route.transfer_to) for route in profile.routes):
        raise InvalidInput("还有业务类别用到这个单位，请先在“业务归口”里去掉。", "code")
    return _changed(profile, units=tuple(u for u in profile.units if u.code != code))


def with_route(profile: Profile, route: TopicRoute) -> Profile:
    """Change where one topic goes."""
    if route.topic not in {r.topic for r in profile.routes}:
        raise InvalidInput("没有这个业务类别。", "topic")
    cooperating = tuple(code for code in dict.fromkeys(route.cooperating) if code != route.lead)
    route = route.model_copy(update={"cooperating": cooperating})
    return _changed(profile, routes=tuple(route if r.topic == route.topic else r for r in profile.routes))


def with_approvals(profile: Profile, approvals: Approvals) -> Profile:
    """Change the ways of replies (审签程序); what they must not be is :func:`handlers.signing.setting.with_way`'s."""
    return _changed(profile, approvals=approvals.model_dump())


def with_hours(profile: Profile, hours: dict[str, time], quiet: dict[str, time]) -> Profile:
    """Change the office hours and the hours in which no alert is sent (local time)."""
    order = [hours[name] for name in ("morning_start", "morning_end", "afternoon_start", "afternoon_end")]
    if order != sorted(order) or order[0] == order[-1]:
        raise InvalidInput("办公时间要从早到晚依次填写。", "morning_start")
    return _changed(profile, hours=hours, quiet=quiet)


def with_ladder(profile: Profile, steps: Sequence[LadderStep]) -> Profile:
    """Replace the ladder of warnings."""
    if len({step.code for step in steps}) != len(steps):
        raise InvalidInput("两级预警用了同一个代码。", "code")
    if any(not step.recipients for step in steps):
        raise InvalidInput("每一级预警至少要有一个提醒对象。", "recipients")
    return _changed(profile, ladder=tuple(steps))


def with_roster(session: Session, profile: Profile, logins: Sequence[str]) -> Profile:
    """Replace the duty roster: sign-in names in the order in which they are called."""
    wanted = [login.strip().lower() for login in logins if login.strip()]
    known = set(session.scalars(select(Officer.login).where(Officer.login.in_(wanted), Officer.disabled.is_(False))))
    unknown = [login for login in wanted if login not in known]
    if unknown:
        raise InvalidInput(f"没有在岗人员用登录名 {'、'.join(unknown)}。", "officers")
    turns = tuple(DutyTurn(order=n, officer=login) for n, login in enumerate(dict.fromkeys(wanted), 1))
    return _changed(profile, duty_roster=turns)


def with_wording(profile: Profile, key: str, text: str) -> Profile:
    """Change one outgoing text; raises InvalidInput naming every field that is wrong or missing."""
    _spec(key)
    text = text.replace("\r\n", "\n").strip()
    changed = _changed(profile, wording=profile.wording | {key: text})
    mine = [fault for fault in wording_faults(changed) if fault.startswith(f"文字 {key}：")]
    if mine:
        raise InvalidInput("；".join(fault.partition("：")[2] for fault in mine), "text")
    return changed


def preview(profile: Profile, key: str) -> str:
    """The text ``key`` filled with made-up values, as a citizen (or colleague) would read it."""
    spec = _spec(key)
    values = {name: _EXAMPLES.get(name, f"〈{name}〉") for name in spec.required + spec.optional}
    return render(profile, key, note="", **values)


def _spec(key: str) -> WordingSpec:
    spec = WORDING.get(key)
    if spec is None:
        raise InvalidInput("没有这条文字。", "key")
    return spec


def _named(name: str) -> None:
    if not name.strip():
        raise InvalidInput("请填写名称。", "name")


def _put(parts: tuple[Any, ...], part: Any) -> tuple[Any, ...]:
    if any(old.code == part.code for old in parts):
        return tuple(part if old.code == part.code else old for old in parts)
    return (*parts, part)


def _changed(profile: Profile, **parts: Any) -> Profile:
    """The profile with ``parts`` replaced, checked as if it had been read from a file."""
    try:
        return Profile.model_validate(profile.model_dump() | {k: _plain(v) for k, v in parts.items()})
    except ValidationError as fault:
        raise _broken(fault) from fault


def _broken(fault: ValidationError) -> InvalidInput:
    first = fault.errors(include_url=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "string_too_long":
        return InvalidInput(f"太长了，最多 {first['ctx']['max_length']} 个字。", field)
    if first["type"] == "string_pattern_mismatch":
        return InvalidInput("请从列表中选择。", field)
    return InvalidInput("改过之后机构资料就不成立了：所选的科室、单位或代码和其他资料对不上。请刷新页面再选。", field)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [part.model_dump() for part in value]
    return value


_EXAMPLES = {
    "number": "20261123-0007",
    "into_number": "20261120-0031",
    "code": "482913",
    "query_code": "K7MR-PQXT",
    "understood": "高龄津贴",
    "guide": "【申请高龄津贴】\n年满 80 周岁的老人，由本人或家人向户籍所在地社区申请。",
    "reply": "解决了请回复“解决了”，需要人工请回复“人工”。",
    "look_up": "想看办到哪一步，回复“进度”。",
    "section": "福利科",
    "officer_section": "福利科 张某",
    "latest": "11月25日（周三）",
    "tracks": "信访最迟 12月8日（周二）（信访告知）；依申请公开期限还没有起算",
    "heard": "",
    "rule": "咨询 2 个工作日",
    "slip": "民督〔2026〕12号",
    "link": "https://example.invalid/progress",
    "unit": "12345 热线",
    "what": "信访事项处理意见书",
    "verb": "审核",
    "outcome": "已同意，延长10个工作日",
    "step": "已交福利科办理",
    "unit_phone": "12345",
    "outer_number": "HX20261123-18",
    "date": "11月23日",
    "old_date": "11月25日",
    "new_date": "11月27日",
    "reason": "需向托克托县民政局核实",
    "contact": "福利科 0471-0000014",
    "text": "请带身份证和户口本，到户口所在地的街道民政窗口办理。",
    "answer": "请带身份证和户口本，到户口所在地的街道民政窗口办理。",
    "result": "解决",
    "state": "正在办理",
    "count": "2",
    "year": "2027",
    "name": "市民政局",
    "phone": "0471-0000001",
    "duty_phone": "0471-0000002",
}
