"""The short line of dated steps that a citizen reads: 已收到 → 福利科办理中 → 已答复."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.organisation.profile import Profile
from handlers.records import Case, CaseEvent


@dataclass(frozen=True, slots=True)
class Step:
    """One step in plain words, and when it was taken."""

    at: datetime
    words: str


_PLAIN: Final[dict[str, str]] = {
    "ask_citizen": "请您补充情况",
    "supplement": "收到您的补充",
    "followed_up": "收到您的补充",
    "unit_result": "有关单位已回复办理结果",
    "delivered": "答复已送达",
    "record_delivery": "答复已告知",
    "close": "已办结",
    "settle": "已办结",
    "not_accept": "不予受理，理由已告知",
    "reopen": "重新办理",
    "citizen_reopen": "您要求重办，已重新办理",
    "withdraw": "您已撤回",
    "guide_sent": "已把办事指南发给您",
    "confirm_guide": "您说已经解决，办结",
    "merge": "已并入您的另一件诉求",
    "undo_merge": "恢复单独办理",
    "rate": "收到您的评价",
    "clock_extended": "办理期限延长",
    "accept_petition": "信访已受理",
    "redirect_petition": "应走其他法定途径，理由已告知",
    "refuse_petition": "信访不予受理，理由书面告知",
    "confirm_request": "信息公开申请已确认，开始计算答复期限",
    "ask_correction": "请您补正信息公开申请",
    "correction_arrived": "收到您的补正",
    "ask_party": "正在征求其他方面的意见",
    "contacted": "工作人员已与您联系",
}


def steps_told(session: Session, case: Case, profile: Profile, hidden: bool) -> tuple[Step, ...]:
    """The steps of a case, oldest first; ``hidden`` leaves out whom it is with."""
    steps = [Step(case.opened_at, "已收到")]
    told = (*_PLAIN, *_WHERE, "clock_recounted")
    wanted = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.action.in_(told))
    for event in session.scalars(wanted.order_by(CaseEvent.seq)):
        words = _words(event, profile, hidden)
        if words and words != steps[-1].words:
            steps.append(Step(event.at, words))
    return tuple(steps)


def _words(event: CaseEvent, profile: Profile, hidden: bool) -> str:
    data: Mapping[str, Any] = event.data
    if event.action in ("delivered", "record_delivery"):
        return _PLAIN[event.action] if data.get("to") == "answered" else ""
    if event.action == "clock_recounted":
        return "办理期限按放假安排调整" if data.get("before") else ""
    if event.action in _WHERE:
        return "" if hidden else _WHERE[event.action](data, profile)
    return _PLAIN[event.action]


def _to_section(data: Mapping[str, Any], profile: Profile) -> str:
    moved = data.get("to") == "assigned" or "before" in data
    return f"已交{_section(profile, str(data['section']))}" if moved and data.get("section") else ""


def _routed(data: Mapping[str, Any], profile: Profile) -> str:
    return f"已交{_section(profile, str(data['section_code']))}" if data.get("section_code") else ""


def _to_unit(words: str) -> Callable[[Mapping[str, Any], Profile], str]:
    return lambda data, profile: f"{words}{data.get('unit_name', '有关单位')}"


_WHERE: Final[dict[str, Callable[[Mapping[str, Any], Profile], str]]] = {
    "routed": _routed,
    "understood_later": _routed,
    "assign": _to_section,
    "transfer": _to_section,
    "correct_labels": _to_section,
    "return_case": lambda data, profile: "",
    "claim": lambda data, profile: "经办人已接手" if data.get("to") else "",
    "assign_down": _to_unit("已交"),
    "forward": _to_unit("已转送"),
}


def _section(profile: Profile, code: str) -> str:
    try:
        return profile.section(code).name
    except KeyError:
        return "承办科室"
