"""The sentences of a reply's way: sent on it, passed on, sent back, issued, sealed."""

from __future__ import annotations

from typing import Final

from handlers.casework.history_told import Data, Told, Words
from handlers.casework.states import DELIVERY_WAYS
from handlers.documents.kinds import KINDS
from handlers.signing.ways import STEPS


def _answered(data: Data, told: Told) -> str:
    what = _act(data)
    if not data.get("issued"):
        again = int(data.get("round") or 0)
        return f"拟好{what}，送审" + (f"（第 {again} 轮）" if again > 1 else "")
    if data.get("number"):
        return f"签发《{what}》{data['number']}，待用印送达" + _only(data)
    return f"签发答复（{DELIVERY_WAYS.get(str(data.get('way')), '由工作人员告知')}）" + _only(data)


def _approved(data: Data, told: Told) -> str:
    if data.get("again"):
        return f"{_step(data)}：改了{_act(data)}的文字，从头再审一遍" + _only(data)
    return f"{_step(data)}：{'改了文字，' if data.get('changed') else ''}通过" + _only(data)


def _sealed(data: Data, told: Told) -> str:
    kind = KINDS.get(str(data.get("kind")))
    return f"登记用印《{kind.name if kind else '文书'}》{data.get('number', '')}，{data.get('copies', '')} 份"


def _step(data: Data) -> str:
    return STEPS.get(str(data.get("step")), "审核")


def _act(data: Data) -> str:
    kind = KINDS.get(str(data.get("act")))
    return kind.name if kind else "答复"


def _only(data: Data) -> str:
    return "（本局没有另外的人可以办这一步）" if data.get("alone") else ""


#: Sentences by action.
SIGNING: Final[Words] = {
    "answer": _answered,
    "issue": _answered,
    "submit_act": _answered,
    "approve": _approved,
    "send_back": lambda data, told: f"{_step(data)}：把{_act(data)}退回修改",
    "seal": _sealed,
}
