"""The states of a case, of its messages, replies and deliveries: code, Chinese name, and who moves each one on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class State:
    """One state of a case. ``mover`` names what keeps a case from resting here unseen ("" = an end)."""

    code: str
    name: str
    told: str  # what the citizen reads for it
    mover: str = ""

    @property
    def terminal(self) -> bool:
        """Whether nothing is expected to happen any more (a reopening stays possible)."""
        return not self.mover


#: What keeps a non-terminal state moving; each is a row of the timetable or a clock of the table of limits.
MOVERS: Final[dict[str, str]] = {
    "triage_clock": "NB-01：分派时限，到期前提醒办公室（handlers.escalation）",
    "answer_clock": "答复时限的预警阶梯（handlers.escalation）",
    "unit_reminder": "交办单的催办时间（UnitReferral.remind_at）",
    "outbox": "送达队列（handlers.delivery）：已送达则转待评价，失败或不明则上看板",
    "settle_answered": "重办期满自动办结（handlers.casework.sweep）",
}

_STATES: Final = (
    State("triage", "待分派", "已收到，正在确定承办科室", "triage_clock"),
    State("assigned", "待签收", "已交科室，等待经办人接手", "answer_clock"),
    State("in_progress", "办理中", "正在办理", "answer_clock"),
    State("awaiting_citizen", "待补充", "等您补充情况", "answer_clock"),
    State("consulting", "协办中", "正在办理，已请有关科室协助", "answer_clock"),
    State("with_unit", "交办中", "已交有关单位去办，结果由我们告诉您", "unit_reminder"),
    State("in_review", "待审核", "答复已拟好，正在审核", "answer_clock"),
    State("to_issue", "待签发", "答复已拟好，正在签发", "answer_clock"),
    State("to_deliver", "待送达", "已作答复，正在送达", "outbox"),
    State("answered", "待评价", "已答复", "settle_answered"),
    State("reopened", "重办", "正在重新办理", "answer_clock"),
    State("closed", "已办结", "已办结"),
    State("forwarded", "已转送", "已转送有权办理的单位"),
    State("merged", "已并入", "已并入您的另一件诉求一起办"),
    State("withdrawn", "已撤回", "已按您的意思收回"),
    State("not_accepted", "不予受理", "不予受理，理由已告知"),
)

#: THE table of case states, in the order a case usually goes through them.
CASE_STATES: Final[dict[str, State]] = {state.code: state for state in _STATES}

OPEN_STATES: Final[tuple[str, ...]] = tuple(s.code for s in _STATES if not s.terminal)
ENDS: Final[tuple[str, ...]] = tuple(s.code for s in _STATES if s.terminal)
#: Open and still owing an answer: what queues, boards and ladders count.
OWING_STATES: Final[tuple[str, ...]] = tuple(s for s in OPEN_STATES if s != "answered")
#: Where somebody of the section works on it now.
#: The purposes of a reply that answer what was asked: a letter, or a document that is a decision.
ANSWERS: Final = ("answer", "act")
#: Where a reply is on its way from step to step (handlers.signing).
UNDER_REVIEW: Final = ("in_review", "to_issue")
WORKING_STATES: Final = ("assigned", "in_progress", "awaiting_citizen", "consulting", "with_unit", "reopened")

MESSAGE_STATES: Final[dict[str, str]] = {"stored": "已存", "processed": "已处理", "parked": "处理出错"}
REPLY_STATES: Final[dict[str, str]] = {
    "draft": "草稿",
    "in_review": "待审核",
    "issued": "已签发",
    "superseded": "已作废",
}
DELIVERY_STATES: Final[dict[str, str]] = {
    "pending": "待发送",
    "sending": "发送中",
    "retry": "稍后重试",
    "sent": "已送达",
    "failed": "未送达",
    "unknown": "不明",
}
#: An answer in one of these is not with the citizen: it meets no limit and closes nothing.
UNSETTLED_DELIVERIES: Final = ("pending", "sending", "retry", "failed", "unknown")

DELIVERY_WAYS: Final[dict[str, str]] = {
    "push": "发送",
    "read": "网上查阅",
    "template": "微信模板消息",
    "subscription": "微信订阅通知",
    "phone": "电话告知",
    "visit": "当面告知",
    "post": "邮寄（EMS）",
    "sms": "短信",
    "platform": "原平台回复",
    "paper": "书面送达",
}
#: Notices of the platform for when its window is shut: they say where the text is to be read.
NOTICE_WAYS: Final = ("template", "subscription")
#: The ways that staff record themselves.
RECORDED_WAYS: Final = ("phone", "visit", "post", "sms", "platform")

#: Who an accusation (举报) is about, as its recipient finds out; decides where it may go.
ACCUSED_TYPES: Final[dict[str, str]] = {
    "own_official": "本局工作人员",
    "cadre": "村（居）干部",
    "organisation": "机构、社会组织或个人",
}


def is_open(state: str) -> bool:
    """Whether a case in this state still belongs to somebody's work."""
    return state in OPEN_STATES


def state_name(code: str) -> str:
    """The Chinese name of a case state."""
    return CASE_STATES[code].name
