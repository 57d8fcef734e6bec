"""How a case was answered, as sentences: written, checked, sent or told; documents made and served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from handlers.casework.attempts import result_name
from handlers.casework.history_told import Data, Told, Words, because, day, named
from handlers.casework.states import DELIVERY_WAYS
from handlers.documents.kinds import KINDS as DOCUMENT_KINDS
from handlers.documents.ways import OUTCOMES, WAYS
from handlers.writing.finding import KINDS as FINDINGS

_DECISIONS: Final = {"resend": "重发", "confirm_sent": "确认已送达", "give_up": "不再发送"}
_PURPOSES: Final = {
    "answer": "答复",
    "question": "补充请求",
    "notice": "通知",
    "receipt": "回执",
    "follower": "给关注人的通知",
}


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
