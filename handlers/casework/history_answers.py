"""How a case was answered, as sentences: written, checked, issued, sent or told; documents made and served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from handlers.casework.attempts import result_name
from handlers.casework.history_told import Data, Told, Words, because, day, named
from handlers.casework.states import DELIVERY_WAYS
from handlers.documents.kinds import KINDS as DOCUMENT_KINDS
from handlers.documents.ways import OUTCOMES, WAYS
from handlers.signing.ways import STEPS
from handlers.writing.finding import KINDS as FINDINGS

_DECISIONS: Final = {"resend": "重发", "confirm_sent": "确认已送达", "give_up": "不再发送"}
_PURPOSES: Final = {"answer": "答复", "question": "补充请求", "notice": "通知", "receipt": "回执"}


def _answered(data: Data, told: Told) -> str:
    what = _act(data)
    if not data.get("issued"):
        return f"拟好{what}，送审" + _round(data)
    if data.get("number"):
        return f"签发《{what}》{data['number']}，待用印送达" + _only(data)
    way = DELIVERY_WAYS.get(str(data.get("way")), "由工作人员告知")
    return f"签发答复（{way}）" + _only(data)


def _approved(data: Data, told: Told) -> str:
    step = STEPS.get(str(data.get("step")), "审核")
    if data.get("again"):
        return f"{step}：改了{_act(data)}的文字，从头再审一遍" + _only(data)
    return f"{step}：{'改了文字，' if data.get('changed') else ''}通过" + _only(data)


def _sent_back(data: Data, told: Told) -> str:
    return f"{STEPS.get(str(data.get('step')), '审核')}：把{_act(data)}退回修改"


def _act(data: Data) -> str:
    kind = DOCUMENT_KINDS.get(str(data.get("act")))
    return kind.name if kind else "答复"


def _round(data: Data) -> str:
    return f"（第 {data['round']} 轮）" if int(data.get("round") or 0) > 1 else ""


def _only(data: Data) -> str:
    return "（本局没有另外的人可以办这一步）" if data.get("alone") else ""


def _delivery(words: str) -> Callable[[Data, Told], str]:
    return lambda data, told: f"{named(_PURPOSES, data.get('purpose')) or '文字'}{words}{because(data, 'why')}"


def _attempt(data: Data) -> str:
    return result_name(str(data.get("way")), str(data.get("outcome")))


def _document(data: Data) -> str:
    kind = DOCUMENT_KINDS.get(str(data.get("kind")))
    return f"《{kind.name if kind else '文书'}》{data.get('number', '')}"


def _served(data: Data, told: Told) -> str:
    how = f"{WAYS.get(str(data.get('way')), '送达')}，{OUTCOMES.get(str(data.get('outcome')), '')}"
    review = f"，可申请复查至 {day(data['review_by'])}" if data.get("review_by") else ""
    return f"登记送达{_document(data)}：{how}{review}"


#: Sentences by action.
ANSWERS: Final[Words] = {
    "answer": _answered,
    "issue": _answered,
    "submit_act": _answered,
    "approve": _approved,
    "send_back": _sent_back,
    "seal": lambda d, t: f"登记用印{_document(d)}，{d.get('copies', '')} 份",
    "redraft": lambda d, t: f"收回答复重拟{because(d)}",
    "settle_draft": "处理了草稿的另一个版本",
    "keep_finding": lambda d, t: f"核对答复：保留“{named(FINDINGS, d.get('kind'))}”{because(d)}",
    "change_finding": lambda d, t: f"核对答复：改了“{named(FINDINGS, d.get('kind'))}”",
    "delivered": _delivery("已送达"),
    "delivery_failed": _delivery("没有送达"),
    "delivery_unknown": _delivery("是否送达不明，待人工判断"),
    "delivery_again": _delivery("群众再次来信，重新发送"),
    "decide_delivery": lambda d, t: f"处理送达：{named(_DECISIONS, d.get('decision'))}{because(d, 'why')}",
    "record_delivery": lambda d, t: f"登记答复已{DELIVERY_WAYS.get(str(d.get('way')), '告知')}",
    "record_attempt": lambda d, t: f"登记{DELIVERY_WAYS.get(str(d.get('way')), '告知')}：{_attempt(d)}",
    "serve_notice": lambda d, t: f"登记书面告知（{d.get('rule', '')}）{because(d, 'proof')}",
    "guide_sent": lambda d, t: f"自动发送办事指南《{d.get('item', '')}》，等来信人确认是否解决",
    "confirm_guide": "办事指南答复，来信人确认解决",
    "make_document": lambda d, t: f"制作{_document(d)}",
    "void_document": lambda d, t: f"作废{_document(d)}{because(d)}",
    "serve_document": _served,
}
