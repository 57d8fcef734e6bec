"""What the steps of a procedure choose from: grounds, lawful routes, outcomes; each with its source and certainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from handlers.taxonomy import PETITION_PURPOSES

_RULES: Final = "《信访工作条例》"


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason that the law names. ``certainty`` M: not found in the law's own text here, to be confirmed (待核实)."""

    name: str
    basis: str
    certainty: Literal["P", "S", "M"]
    document: str = "refusal_notice"


#: 不予受理: why a petition is not taken up.
GROUNDS: Final[Mapping[str, Ground]] = MappingProxyType(
    {
        "not_ours": Ground("不属于本机关、本系统职权范围，告知应向哪个机关提出", f"{_RULES}第二十三条", "P"),
        "final": Ground(
            "复核意见作出后，仍以同一事实和理由提出（不再受理）", f"{_RULES}第三十六条", "S", "no_more_notice"
        ),
        "in_progress": Ground("已经受理或正在办理，又在规定期限内提出同一事项", f"{_RULES}（条款待核实）", "M"),
        "settled_by_law": Ground(
            "已经诉讼、仲裁、行政复议等法定途径处理终结", f"{_RULES}第三十一条（款项待核实）", "M"
        ),
        "too_late": Ground(
            "超过三十日请求复查或复核，没有正当理由", f"{_RULES}第三十五条、第三十六条（后果待核实）", "M"
        ),
    }
)

#: 其他法定途径: they come before a written opinion on a petition (31(6) is what is left).
ROUTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "litigation": "诉讼等司法程序",
        "arbitration": "仲裁",
        "reconsideration": "行政复议",
        "administrative": "行政裁决、确认、许可、处罚等行政程序",
    }
)

PARTIES: Final[Mapping[str, str]] = MappingProxyType(
    {"third_party": "第三方（公开可能损害其合法权益）", "joint_author": "共同制作该信息的机关"}
)
#: How a party is called in passing.
PARTY_NAMES: Final[Mapping[str, str]] = MappingProxyType({"third_party": "第三方", "joint_author": "共同制作机关"})
#: The clock of each kind of party, and the pause of GK-01 that waiting for it is.
PARTY_RULES: Final[Mapping[str, str]] = MappingProxyType({"third_party": "GK-04", "joint_author": "GK-05"})
ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {"agrees": "同意公开", "refuses": "不同意公开", "silent": "逾期没有答复"}
)
#: What silence means (政府信息公开条例 32, 34).
SILENCE: Final[Mapping[str, str]] = MappingProxyType(
    {"third_party": "逾期没有提出意见，由本局决定是否公开", "joint_author": "逾期没有答复，视为同意公开"}
)
OBJECTIONS: Final[Mapping[str, str]] = MappingProxyType({"agreed": "同意退回", "refused": "不同意退回，由本局办理"})

#: Who decides on a consent, as the limits table names the role and as people read it.
APPROVERS: Final[Mapping[str, str]] = MappingProxyType(
    {"head": "承办科室负责人", "office": "办公室", "leader": "分管领导"}
)

#: Every list that a field of a step may choose from, by the field's name.
CHOICES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "purpose": PETITION_PURPOSES,
        "ground": {code: ground.name for code, ground in GROUNDS.items()},
        "route": ROUTES,
        "party_kind": PARTIES,
        "answer": ANSWERS,
        "objection": OBJECTIONS,
    }
)

#: The documents that belong to where a track stands, in the order of their making.
STAGE_DOCUMENTS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = MappingProxyType(
    {
        ("petition", ""): ("procedure_notice",),
        ("petition", "accepted"): ("acceptance_notice", "opinion"),
        ("petition", "redirected"): ("procedure_notice",),
        ("petition", "not_accepted"): ("refusal_notice", "no_more_notice"),
        ("petition", "objected"): ("objection_letter",),
        ("information_request", "running"): ("disclosure_answer",),
        ("information_request", "correcting"): ("correction_notice",),
    }
)

#: How far a procedure has come, by the code that a track keeps.
STAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "",
        "awaiting": "待双方确认",
        "running": "双方已确认",
        "correcting": "待申请人补正",
        "abandoned": "申请人逾期未补正，视为放弃",
        "accepted": "已受理",
        "redirected": "已导入其他法定途径",
        "not_accepted": "不予受理",
        "objected": "已提出退回异议，待转送机关意见",
        "returned": "转送机关同意，已退回",
        "review": "复查中",
        "recheck": "复核中",
    }
)
