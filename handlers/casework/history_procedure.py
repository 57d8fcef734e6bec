"""办理留痕 of tracks, procedures, consents and clocks as sentences that read on from one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from handlers.casework.history_told import Data, Told, Words, because, day, named
from handlers.procedure.choices import ANSWERS, APPROVERS, GROUNDS, OBJECTIONS, PARTIES, PARTY_NAMES, ROUTES, SILENCE
from handlers.taxonomy import PETITION_PURPOSES, TRACK_FORMS, TRACKS


def _until(data: Data, told: Told) -> str:
    """The day that prevails: ours, and beside it an outer platform's earlier one."""
    if not data.get("due"):
        return ""
    outer = f"；来件平台要求 {day(data['outer'])} 以前，以它为准" if data.get("outer") else ""
    return f"，最迟 {day(data['due'])}{told.mark(data)}{outer}"


def _started(data: Data, told: Told) -> str:
    brought = f"随 {data['from_number']} 并入，" if data.get("from_number") else ""
    since = f"从 {day(data['started'])} 起" if data.get("started") else "开始"
    return f"{told.limit(data)}{brought}{since}计算{_until(data, told)}{because(data, 'why')}"


def _met(data: Data, told: Told) -> str:
    return f"{told.limit(data)}{'已经达成，但超期了' if data.get('late') else '按时达成'}{because(data, 'why')}"


def _paused(data: Data, told: Told) -> str:
    since = f"从 {day(data['since'])} 起" if data.get("since") else ""
    return f"{told.limit(data)}{since}暂停计算{because(data, 'why')}"


def _resumed(data: Data, told: Told) -> str:
    gap = data.get("days") or []
    out = f"，{day(gap[0])}到{day(gap[1])}不计入" if len(gap) == 2 else ""
    return f"{told.limit(data)}恢复计算{because(data, 'why')}{out}{_until(data, told)}"


def _extended(data: Data, told: Told) -> str:
    before = f"由 {day(data['before'])}" if data.get("before") else ""
    return f"{told.limit(data)}{before}延长到 {day(data['due'])}{told.mark(data)}{because(data, 'why')}"


def _recounted(data: Data, told: Told) -> str:
    by = f"按{data['why']}" if data.get("why") else "按现行工作日历"
    due = day(data["due"]) + told.mark(data)
    if data.get("before"):
        return f"时限 {data.get('rule', '')} {by}重新计算：由{day(data['before'])}改为{due}"
    return f"时限 {data.get('rule', '')} {by}{'暂定' if data.get('provisional') else '确认'}为{due}"


def _over(words: str) -> Callable[[Data, Told], str]:
    return lambda data, told: f"{told.limit(data)}{words}{because(data, 'why')}"


def _track(code: object, form: object = "") -> str:
    name, more = TRACKS.get(str(code), ""), TRACK_FORMS.get(str(code), {}).get(str(form), "")
    return f"“{name}”（{more}）" if more else f"“{name}”"


def _proposed(data: Data, told: Told) -> str:
    if data.get("certain"):
        return f"{data.get('why', '')}，按{_track(data.get('proposed'), data.get('form'))}办理"
    return f"看到{data.get('why', '')}，建议按{_track(data.get('proposed'), data.get('form'))}办理，待工作人员确认"


def _confirmed(data: Data, told: Told) -> str:
    code = data.get("confirmed") or data.get("track")
    beside = f"，与“{TRACKS.get(str(data.get('track')), '')}”同时办" if data.get("alongside") else ""
    asked = "；已请来信人写明申请公开要有的三项，待双方确认" if data.get("asked") else ""
    return f"确认按{_track(code, data.get('form'))}办理{beside}{because(data)}{asked}"


def _accepted(data: Data, told: Told) -> str:
    purpose = PETITION_PURPOSES.get(str(data.get("purpose")), "")
    return f"受理信访（{purpose}），受理日期 {day(data['day'])}"


def _party(data: Data) -> str:
    return named(PARTY_NAMES, data.get("party_kind"))


def _party_answer(data: Data, told: Told) -> str:
    if data.get("answer") == "silent":
        return f"{_party(data)}{SILENCE.get(str(data.get('party_kind')), '逾期没有答复')}"
    return f"收到{_party(data)}的意见（{day(data['day'])}）：{ANSWERS.get(str(data.get('answer')), '')}"


def _refused(data: Data, told: Told) -> str:
    ground = GROUNDS.get(str(data.get("ground")))
    return f"决定信访不予受理（{ground.name if ground else ''}）{because(data)}"


def _review(what: str) -> Callable[[Data, Told], str]:
    def words(data: Data, told: Told) -> str:
        late = "，已超过请求的三十日" if data.get("late") else ""
        return f"登记{what}请求（{day(data['day'])} 收到{late}）{because(data)}"

    return words


#: Sentences by action.
PROCEDURE: Final[Words] = {
    "track_proposed": _proposed,
    "confirm_track": _confirmed,
    "refuse_track": lambda d, t: f"不按{_track(d.get('left'))}办理{because(d)}",
    "end_track": lambda d, t: f"结束{_track(d.get('left'))}途径{because(d)}",
    "accept_petition": _accepted,
    "redirect_petition": lambda d, t: f"导入其他法定途径（{ROUTES.get(str(d.get('route')), '')}）{because(d)}",
    "refuse_petition": _refused,
    "waive_notice": lambda d, t: f"信访人姓名或住址不清，不必书面告知{because(d)}",
    "object_transfer": lambda d, t: f"向转送机关提出退回异议{because(d)}",
    "objection_answer": lambda d, t: f"转送机关{OBJECTIONS.get(str(d.get('objection')), '')}",
    "report_grave": lambda d, t: f"作为重大、紧急信访事项向上报告{because(d)}",
    "take_review": _review("复查"),
    "take_recheck": _review("复核"),
    "hold_hearing": lambda d, t: f"从 {day(d['day'])} 起举行听证{because(d)}",
    "end_hearing": lambda d, t: f"听证于 {day(d['day'])} 结束",
    "confirm_request": lambda d, t: f"双方确认申请公开的三项内容齐全，确认日期 {day(d['day'])}",
    "ask_correction": lambda d, t: f"请申请人补正{because(d)}",
    "correction_arrived": lambda d, t: f"登记 {day(d['day'])} 收到申请人的补正",
    "abandon_request": lambda d, t: f"申请人逾期没有补正，视为放弃申请{because(d)}",
    "ask_party": lambda d, t: f"书面征求{PARTIES.get(str(d.get('party_kind')), '')}的意见，{day(d['day'])} 发出",
    "party_received": lambda d, t: f"登记{_party(d)}于 {day(d['day'])} 收到征求意见书",
    "party_answer": _party_answer,
    "contacted": lambda d, t: f"已与来信人联系{because(d)}",
    "ask_extension": lambda d, t: (
        f"申请把{t.limit(d)}延长{d.get('length', '')}，请{APPROVERS.get(str(d.get('approver')), '')}审批{because(d)}"
    ),
    "withdraw_extension": lambda d, t: f"撤回{t.limit(d)}的延期申请",
    "approve_extension": lambda d, t: f"同意{t.limit(d)}延长{d.get('length', '')}",
    "refuse_extension": lambda d, t: f"不同意{t.limit(d)}延期{because(d)}",
    "extension_lapsed": lambda d, t: f"{t.limit(d)}已经结束，延期申请没有批，作废",
    "clock_started": _started,
    "clock_met": _met,
    "clock_stopped": _over("停止计算"),
    "clock_lapsed": _over("失效"),
    "clock_paused": _paused,
    "clock_resumed": _resumed,
    "clock_extended": _extended,
    "clock_recounted": _recounted,
}
