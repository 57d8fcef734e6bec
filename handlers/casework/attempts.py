"""Telling an answer by hand: which way, which number, what result — and which results mean that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handlers.casework.doing import required
from handlers.casework.states import DELIVERY_WAYS, RECORDED_WAYS
from handlers.errors import InvalidInput

#: Marks a failed row that staff recorded: an attempt, the answer's own row says how it stands.
ATTEMPT: Final = "attempt"


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """One result of one way. ``state`` is the delivery's: ``sent`` (arrived), ``failed``, ``unknown`` (to follow)."""

    name: str
    state: str


_SENT, _FAILED, _OPEN = "sent", "failed", "unknown"

#: THE table: way → result → what it means. The first of each way is what it comes to when all goes well.
RESULTS_OF: Final[dict[str, dict[str, AttemptResult]]] = {
    "phone": {
        "told": AttemptResult("本人接听，已告知", _SENT),
        "no_answer": AttemptResult("无人接听", _FAILED),
        "other_person": AttemptResult("他人接听，没有告知内容", _FAILED),
        "refused": AttemptResult("本人不愿听取", _FAILED),
        "wrong_number": AttemptResult("号码有误或停机", _FAILED),
    },
    "visit": {
        "told": AttemptResult("当面告知本人", _SENT),
        "absent": AttemptResult("本人不在", _FAILED),
        "refused": AttemptResult("本人拒收或不愿听取", _FAILED),
    },
    "post": {
        "signed": AttemptResult("已签收", _SENT),
        "posted": AttemptResult("已寄出，等签收", _OPEN),
        "returned": AttemptResult("被退回或无人签收", _FAILED),
    },
    "sms": {
        "arrived": AttemptResult("短信平台显示已送达", _SENT),
        "sent": AttemptResult("已发出，还没有回执", _OPEN),
        "refused": AttemptResult("发送失败", _FAILED),
    },
    "platform": {"replied": AttemptResult("已在原平台回复", _SENT)},
}
#: Where a number belongs to the proof: the number called, the mail's number.
_NUMBERED: Final[dict[str, str]] = {"phone": "拨打的号码", "sms": "收短信的号码", "post": "邮件号"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was written down about one try at telling an answer by hand."""

    way: str
    outcome: str
    told_whom: str
    number: str
    gist: str
    proof: str

    @property
    def result(self) -> AttemptResult:
        """What it came to."""
        return RESULTS_OF[self.way][self.outcome]


def checked(way: str, outcome: str, told_whom: str, number: str, gist: str, proof: str) -> Attempt:
    """Return what was typed, checked. Without an ``outcome`` all went well. Raises InvalidInput."""
    if way not in RECORDED_WAYS:
        raise InvalidInput(f"请选择送达方式：{'、'.join(DELIVERY_WAYS[w] for w in RECORDED_WAYS)}。", "outcome")
    known = RESULTS_OF[way]
    stated, outcome = bool(outcome), outcome or next(iter(known))
    if outcome not in known:
        names = "、".join(result.name for result in known.values())
        raise InvalidInput(f"{DELIVERY_WAYS[way]}的结果请从这些里选：{names}。", "outcome")
    number, proof = number.strip(), proof.strip()
    if way in _NUMBERED and not number and (stated and not (way == "post" and proof)):
        raise InvalidInput(f"请填写{_NUMBERED[way]}。", "told_number")
    arrived = known[outcome].state == _SENT
    if (arrived and (way == "platform" or (way == "post" and not number))) or proof:
        proof = required(proof, "proof", "凭证（挂号号码、平台回执）", 200)
    told_whom = required(told_whom, "told_whom", "告知了谁", 40) if arrived else told_whom.strip()[:40]
    gist = required(gist, "gist", "告知的要点", 200) if arrived else gist.strip()[:200]
    return Attempt(way, outcome, told_whom, number[:40], gist, proof)


def outcome_choices() -> list[tuple[str, str]]:
    """Every result as ``way:outcome`` with its name, for a form without script."""
    return [
        (f"{way}:{code}", f"{DELIVERY_WAYS[way]}：{result.name}")
        for way, results in RESULTS_OF.items()
        for code, result in results.items()
    ]


def result_name(way: str, outcome: str) -> str:
    """The name of a recorded result ("" where none was recorded)."""
    known = RESULTS_OF.get(way, {}).get(outcome)
    return known.name if known else ""
