"""Which way a reply goes before it is issued: the matter it is, and the steps that the profile sets for that matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from handlers.organisation.approvals import Approvals

#: The documents that are a decision on the citizen's matter: made by being issued at the end of a way, never directly.
ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {"opinion": "opinion", "refusal_notice": "refusal", "no_more_notice": "refusal"}
)
#: Kinds whose answer its officer may issue alone.
PLAIN_KINDS: Final = ("consultation", "praise", "other")

#: THE matters by code: each has its way in the profile (``[approvals]``).
MATTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "plain": "一般咨询",
        "ordinary": "投诉、求助、建议等",
        "pressed": "重办件、督办件",
        "opinion": "信访处理意见书",
        "refusal": "不予受理、不再受理告知书",
    }
)
#: Which replies fall under each matter, as :func:`matter_of` decides it.
CONCERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "plain": "咨询、表扬和其他来信，不涉及敏感情况，也不走信访、依申请公开等程序",
        "ordinary": "投诉、求助、建议等，以及涉及敏感情况或走信访、依申请公开等程序的咨询",
        "pressed": "群众不满意要求重办的，或正在督办的，不论哪一类",
        "opinion": "对信访事项的书面处理决定，盖章送达；群众不服只能申请复查，不能重办",
        "refusal": "告诉群众不受理的书面决定，盖章送达",
    }
)
#: The steps by code: what each is called, and who takes it.
STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {"head": "科室负责人审核", "legal": "合法性审核", "office": "办公室审核", "leader": "领导审定"}
)
#: What was done at a step.
DEEDS: Final[Mapping[str, str]] = MappingProxyType(
    {"draft": "拟稿", "approve": "审核通过", "send_back": "退回修改", "issue": "签发"}
)
TAKERS: Final[Mapping[str, str]] = MappingProxyType(
    {"head": "科室负责人", "legal": "法规科", "office": "办公室", "leader": "分管领导"}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the matter. ``act`` is a document's kind ("" = a reply); ``again`` means opened again (重办)."""

    kind: str | None
    track: str
    sensitive: bool = False
    again: bool = False
    supervised: bool = False
    act: str = ""


def matter_of(standing: Standing) -> str:
    """The code of :data:`MATTERS` that a reply falls under; the weightier one where two fit."""
    if standing.act:
        return ACTS[standing.act]
    if standing.again or standing.supervised:
        return "pressed"
    if standing.kind in PLAIN_KINDS and not standing.sensitive and standing.track == "general":
        return "plain"
    return "ordinary"


def way_of(approvals: Approvals, standing: Standing) -> tuple[str, ...]:
    """The steps behind the drafter's, in order; the last one issues. Empty: the drafter issues alone."""
    way: tuple[str, ...] = getattr(approvals, matter_of(standing))
    return way


def in_words(matter: str, way: Sequence[str]) -> str:
    """A way as one sentence: 投诉、求助、建议等：经办拟稿 → 科室负责人审核并签发 → 送达。"""
    steps = ["经办拟稿", *(STEPS[step] for step in way)]
    steps[-1] += "并签发"
    steps += ["用印", "送达"] if matter in ACTS.values() else ["送达"]
    return f"{MATTERS[matter]}：{' → '.join(steps)}"


def legal_mark(section: str) -> str:
    """How ``cases.step`` names the legality check, so that its section sees what it has to read."""
    return f"legal:{section}"
