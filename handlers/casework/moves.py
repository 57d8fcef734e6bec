"""THE table of allowed moves of a case: who may do what, from which state, to which, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handlers.casework.states import ENDS, OPEN_STATES, WORKING_STATES

#: How a person can stand to a case (see :func:`handlers.casework.access.relations`).
RELATIONS: Final[dict[str, str]] = {
    "claimer": "签收人",
    "section": "承办科室人员",
    "head": "承办科室负责人",
    "cooperating": "协办科室人员",
    "legal": "合法性审核的科室",
    "office": "办公室",
    "leader": "分管领导",
    "recipient": "举报受理人",
    "citizen": "群众本人",
    "system": "系统",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move. ``to`` is empty when the state stays; ``needs`` names what must be given.

    ``claimed`` moves are refused while another officer holds the claim.
    """

    code: str
    verb: str
    who: frozenset[str]
    froms: frozenset[str]
    to: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    claimed: bool = False


def _move(code: str, verb: str, who: str, froms: str, to: str = "", needs: str = "", claimed: bool = False) -> Move:
    people, states, ends = (frozenset(words.split()) for words in (who, froms, to))
    return Move(code, verb, people, states, ends, tuple(needs.split()), claimed)


_TAKEN = "in_progress awaiting_citizen consulting with_unit"
#: While other sections are asked, the lead drafts but does not answer.
_ANSWERABLE = "in_progress awaiting_citizen with_unit"
_WORKING = " ".join(WORKING_STATES)
_OPEN = " ".join(OPEN_STATES)
_ENDS = " ".join(ENDS)
_LIVE = " ".join(s for s in OPEN_STATES if s not in ("to_deliver", "answered"))

_OFFICERS = "claimer section head office recipient"
_SENIOR = "claimer head office recipient"

#: The steps of a track's procedure; what they take and do to the clocks: handlers/procedure/steps.toml.
_PROCEDURE: Final = (
    _move("confirm_track", "确认办理途径", _OFFICERS, _OPEN, needs="track reason"),
    _move("refuse_track", "不按此途径办理", _OFFICERS, _OPEN, needs="track reason"),
    _move("end_track", "结束此途径", _SENIOR, _OPEN, needs="track reason"),
    _move("accept_petition", "受理信访", _SENIOR, _OPEN, needs="purpose day"),
    _move("redirect_petition", "导入其他法定途径", _SENIOR, _OPEN, needs="route reason day"),
    _move("refuse_petition", "信访不予受理", _SENIOR, _OPEN, needs="ground reason day"),
    _move("waive_notice", "不必书面告知", _SENIOR, _OPEN, needs="reason"),
    _move("object_transfer", "提出退回异议", _SENIOR, _OPEN, needs="sender reason"),
    _move("objection_answer", "登记转送机关意见", _OFFICERS, _OPEN, needs="objection day proof"),
    _move("report_grave", "重大紧急，向上报告", f"{_OFFICERS} leader", _OPEN, needs="reason"),
    _move("take_review", "登记复查请求", _SENIOR, _OPEN, needs="opinion_day day reason"),
    _move("take_recheck", "登记复核请求", _SENIOR, _OPEN, needs="opinion_day day reason"),
    _move("hold_hearing", "举行听证", _SENIOR, _OPEN, needs="day reason"),
    _move("end_hearing", "听证结束", _SENIOR, _OPEN, needs="day"),
    _move("confirm_request", "登记双方确认", _OFFICERS, _OPEN, needs="day proof"),
    _move("ask_correction", "要求补正", _SENIOR, _OPEN, needs="reason"),
    _move("correction_arrived", "登记收到补正", _OFFICERS, _OPEN, needs="day proof"),
    _move("abandon_request", "视为放弃申请", _SENIOR, _OPEN, needs="reason"),
    _move("ask_party", "征求第三方意见", _SENIOR, _OPEN, needs="party_kind party day proof"),
    _move("party_received", "登记对方收到", _OFFICERS, _OPEN, needs="inquiry day proof"),
    _move("party_answer", "登记对方意见", _OFFICERS, _OPEN, needs="inquiry answer"),
    _move("contacted", "已联系来信人", _OFFICERS, _OPEN, needs="reason"),
    _move("ask_extension", "申请延期", _OFFICERS, _OPEN, needs="clock units reason"),
    _move("withdraw_extension", "撤回延期申请", _OFFICERS, _OPEN, needs="consent"),
    _move("approve_extension", "同意延期", "head office leader", _OPEN, needs="consent"),
    _move("refuse_extension", "不同意延期", "head office leader", _OPEN, needs="consent reason"),
)

_MOVES: Final = (
    _move("claim", "签收", "section head recipient", f"triage assigned reopened {_TAKEN}", "in_progress"),
    _move("release", "放回待签收", "claimer head office recipient", "in_progress", "assigned"),
    _move("assign", "分派", "head office", f"triage {_WORKING}", "assigned", "section"),
    _move("transfer", "转办", "claimer section head office", _WORKING, "assigned", "section reason", True),
    _move(
        "return_case", "退回办公室", "claimer section head", "assigned in_progress reopened", "triage", "reason", True
    ),
    _move("hand_over", "移交", "claimer head office", f"assigned {_TAKEN}", needs="officer text"),
    _move("consult", "请协办", "claimer head office", "in_progress consulting", "consulting", "section text", True),
    _move("give_opinion", "答复协办意见", "cooperating head", "consulting", "in_progress", "text"),
    _move("end_consult", "不再等协办意见", "claimer head office", "consulting", "in_progress", "reason", True),
    _move("draft", "存草稿", "claimer head office recipient", _TAKEN, claimed=True),
    _move(
        "answer", "答复", "claimer head office recipient", _ANSWERABLE, "in_review to_deliver answered", "text", True
    ),
    _move("send_back", "退回修改", "head legal office leader recipient", "in_review to_issue", "in_progress", "reason"),
    _move("approve", "审核通过", "head legal office leader recipient", "in_review to_issue", "in_review to_issue"),
    _move("issue", "签发", "head office leader recipient", "in_review to_issue", "to_deliver answered in_review"),
    _move(
        "submit_act",
        "文书送审",
        _SENIOR,
        f"assigned reopened {_ANSWERABLE} answered",
        "in_review to_issue to_deliver",
        "act",
    ),
    _move("seal", "用印登记", "head office leader recipient", "to_deliver answered", needs="copies"),
    _move("ask_citizen", "请群众补充", "claimer head office recipient", _TAKEN, "awaiting_citizen", "text", True),
    _move("assign_down", "交办", "claimer head office recipient", f"triage {_TAKEN}", "with_unit", "unit demand", True),
    _move(
        "forward",
        "转送",
        "claimer head office recipient",
        f"triage assigned reopened {_TAKEN}",
        "forwarded",
        "unit",
        True,
    ),
    _move("unit_result", "登记单位结果", "claimer section head office recipient", "with_unit", "in_progress", "text"),
    _move("record_delivery", "登记送达", "claimer section head office recipient", "to_deliver", "answered", "way gist"),
    _move("redraft", "收回重拟", "claimer head office recipient", "to_deliver", "in_progress", "reason", claimed=True),
    _move(
        "serve_notice", "登记书面告知", "claimer section head office recipient", f"{_OPEN} {_ENDS}", needs="rule proof"
    ),
    _move("note", "备注", "section head cooperating office leader recipient", f"{_OPEN} {_ENDS}", needs="text"),
    _move("supervise", "督办", "office leader", _OPEN, needs="text"),
    _move(
        "close",
        "办结",
        "claimer head office recipient",
        "answered in_progress awaiting_citizen",
        "closed",
        "result evidence",
        True,
    ),
    _move(
        "not_accept",
        "不予受理",
        "head office recipient",
        "triage assigned in_progress answered",
        "not_accepted",
        "reason",
    ),
    _move("reopen", "重办", "head office leader recipient", f"answered {_ENDS}", "reopened", "reason"),
    _move("correct_labels", "改标签", "section head office recipient", _LIVE, "triage assigned"),
    _move("mark_urgent", "改紧急程度", "section head office leader recipient", _LIVE),
    _move(
        "dispatch_report", "举报分办", "recipient", "triage assigned in_progress", "assigned with_unit", "accused_type"
    ),
    _move("hand_report", "换举报受理人", "recipient", _LIVE, needs="officer"),
    _move("guard", "定查看范围", "claimer head office leader recipient", f"{_OPEN} {_ENDS}", "triage", "level reason"),
    _move("split_message", "拆分", "section head office recipient", _LIVE, needs="message"),
    _move("move_message", "移到另一件", "section head office recipient", _OPEN, needs="message number"),
    _move("mark_repeat", "标为重复件", "section head office", f"{_OPEN} {_ENDS}", needs="number"),
    _move("unmark_repeat", "取消重复件", "section head office", f"{_OPEN} {_ENDS}"),
    _move("merge", "并入另一件", "section head office", _LIVE, "merged", "number"),
    _move("undo_merge", "撤销并案", "section head office", "merged", _LIVE),
    _move("rate", "评价", "citizen", "answered closed"),
    _move("citizen_reopen", "不满意要求重办", "citizen", "answered closed", "reopened"),
    _move("withdraw", "撤回", "citizen", _LIVE, "withdrawn"),
    _move("confirm_guide", "确认办事指南已解决", "citizen", _LIVE, "closed"),
    _move("supplement", "补充", "citizen", _OPEN, "in_progress"),
    _move("delivered", "送达", "system", "to_deliver", "answered"),
    _move("settle", "期满办结", "system", "answered", "closed"),
)

#: THE table of moves by code.
MOVES: Final[dict[str, Move]] = {move.code: move for move in (*_MOVES, *_PROCEDURE)}
