"""办理留痕 of tracks, procedures, consents and clocks as sentences that read on from one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from handlers.deadlines.limits import load_limits
from handlers.procedure.choices import ANSWERS, APPROVERS, GROUNDS, OBJECTIONS, PARTIES, ROUTES, SILENCE
from handlers.taxonomy import PETITION_PURPOSES, TRACK_FORMS, TRACKS

Data = Mapping[str, Any]


def day(text: object) -> str:
    """A date or instant of an event as 11月25日."""
    _, month, number = str(text)[:10].split("-")
    return f"{int(month)}月{int(number)}日"


def _because(data: Data, key: str = "reason") -> str:
    return f"：{data[key]}" if data.get(key) else ""


def _limit(data: Data) -> str:
    """A limit by name and code: 依申请公开答复（GK-01）."""
    code = str(data.get("rule", ""))
    rule = load_limits().rules.get(code)
    return f"“{rule.name}”时限（{code}）" if rule else f"时限 {code}"


def _until(data: Data) -> str:
    """The day that prevails: ours, and beside it an outer platform's earlier one."""
    if not data.get("due"):
        return ""
    outer = f"；来件平台要求 {day(data['outer'])} 以前，以它为准" if data.get("outer") else ""
    return f"，最迟 {day(data['due'])}{outer}"


def _started(data: Data) -> str:
    brought = f"随 {data['from_number']} 并入，" if data.get("from_number") else ""
    since = f"从 {day(data['started'])} 起" if data.get("started") else "开始"
    return f"{_limit(data)}{brought}{since}计算{_until(data)}{_because(data, 'why')}"


def _met(data: Data) -> str:
    return f"{_limit(data)}{'已经达成，但超期了' if data.get('late') else '按时达成'}{_because(data, 'why')}"


def _paused(data: Data) -> str:
    since = f"从 {day(data['since'])} 起" if data.get("since") else ""
    return f"{_limit(data)}{since}暂停计算{_because(data, 'why')}"


def _resumed(data: Data) -> str:
    gap = data.get("days") or []
    out = f"，{day(gap[0])}到{day(gap[1])}不计入" if len(gap) == 2 else ""
    return f"{_limit(data)}恢复计算{_because(data, 'why')}{out}{_until(data)}"


def _extended(data: Data) -> str:
    before = f"由 {day(data['before'])}" if data.get("before") else ""
    return f"{_limit(data)}{before}延长到 {day(data['due'])}{_because(data, 'why')}"


def _over(words: str) -> Callable[[Data], str]:
    return lambda data: f"{_limit(data)}{words}{_because(data, 'why')}"


def _track(code: object, form: object = "") -> str:
    name, more = TRACKS.get(str(code), ""), TRACK_FORMS.get(str(code), {}).get(str(form), "")
    return f"“{name}”（{more}）" if more else f"“{name}”"


def _proposed(data: Data) -> str:
    if data.get("certain"):
        return f"{data.get('why', '')}，按{_track(data.get('proposed'), data.get('form'))}办理"
    return f"看到{data.get('why', '')}，建议按{_track(data.get('proposed'), data.get('form'))}办理，待工作人员确认"


def _confirmed(data: Data) -> str:
    code = data.get("confirmed") or data.get("track")
    beside = f"，与“{TRACKS.get(str(data.get('track')), '')}”同时办" if data.get("alongside") else ""
    asked = "；已请来信人写明申请公开要有的三项，待双方确认" if data.get("asked") else ""
    return f"确认按{_track(code, data.get('form'))}办理{beside}{_because(data)}{asked}"


def _accepted(data: Data) -> str:
    purpose = PETITION_PURPOSES.get(str(data.get("purpose")), "")
    return f"受理信访（{purpose}），受理日期 {day(data['day'])}"


def _party(data: Data) -> str:
    return "第三方" if data.get("party_kind") == "third_party" else "共同制作机关"


def _party_answer(data: Data) -> str:
    if data.get("answer") == "silent":
        return f"{_party(data)}{SILENCE.get(str(data.get('party_kind')), '逾期没有答复')}"
    return f"收到{_party(data)}的意见（{day(data['day'])}）：{ANSWERS.get(str(data.get('answer')), '')}"


def _refused(data: Data) -> str:
    ground = GROUNDS.get(str(data.get("ground")))
    return f"决定信访不予受理（{ground.name if ground else ''}）{_because(data)}"


def _review(what: str) -> Callable[[Data], str]:
    def words(data: Data) -> str:
        late = "，已超过请求的三十日" if data.get("late") else ""
        return f"登记{what}请求（{day(data['day'])} 收到{late}）{_because(data)}"

    return words


#: Sentences by action; each takes the event's data.
SENTENCES: Final[dict[str, Callable[[Data], str]]] = {
    "track_proposed": _proposed,
    "confirm_track": _confirmed,
    "refuse_track": lambda d: f"不按{_track(d.get('left'))}办理{_because(d)}",
    "end_track": lambda d: f"结束{_track(d.get('left'))}途径{_because(d)}",
    "accept_petition": _accepted,
    "redirect_petition": lambda d: f"导入其他法定途径（{ROUTES.get(str(d.get('route')), '')}）{_because(d)}",
    "refuse_petition": _refused,
    "waive_notice": lambda d: f"信访人姓名或住址不清，不必书面告知{_because(d)}",
    "object_transfer": lambda d: f"向转送机关提出退回异议{_because(d)}",
    "objection_answer": lambda d: f"转送机关{OBJECTIONS.get(str(d.get('objection')), '')}",
    "report_grave": lambda d: f"作为重大、紧急信访事项向上报告{_because(d)}",
    "take_review": _review("复查"),
    "take_recheck": _review("复核"),
    "hold_hearing": lambda d: f"从 {day(d['day'])} 起举行听证{_because(d)}",
    "end_hearing": lambda d: f"听证于 {day(d['day'])} 结束",
    "confirm_request": lambda d: f"双方确认申请公开的三项内容齐全，确认日期 {day(d['day'])}",
    "ask_correction": lambda d: f"请申请人补正{_because(d)}",
    "correction_arrived": lambda d: f"登记 {day(d['day'])} 收到申请人的补正",
    "abandon_request": lambda d: f"申请人逾期没有补正，视为放弃申请{_because(d)}",
    "ask_party": lambda d: f"书面征求{PARTIES.get(str(d.get('party_kind')), '')}的意见，{day(d['day'])} 发出",
    "party_received": lambda d: f"登记{_party(d)}于 {day(d['day'])} 收到征求意见书",
    "party_answer": _party_answer,
    "contacted": lambda d: f"已与来信人联系{_because(d)}",
    "ask_extension": lambda d: (
        f"申请把{_limit(d)}延长{d.get('length', '')}，请{APPROVERS.get(str(d.get('approver')), '')}审批{_because(d)}"
    ),
    "withdraw_extension": lambda d: f"撤回{_limit(d)}的延期申请",
    "approve_extension": lambda d: f"同意{_limit(d)}延长{d.get('length', '')}",
    "refuse_extension": lambda d: f"不同意{_limit(d)}延期{_because(d)}",
    "extension_lapsed": lambda d: f"{_limit(d)}已经结束，延期申请没有批，作废",
    "clock_started": _started,
    "clock_met": _met,
    "clock_stopped": _over("停止计算"),
    "clock_lapsed": _over("失效"),
    "clock_paused": _paused,
    "clock_resumed": _resumed,
    "clock_extended": _extended,
}
