"""Which legal tracks (办理途径) a message proposes, with reason and evidence; staff confirm or refuse them.

A proposal starts the limits that the law counts from receipt; a chat message alone starts no GK-01.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from handlers.deadlines.limits import usual_form

_PETITION: Final = re.compile(
    r"(我要|依法|申请|要求|提出|登记|作为|走)信访|信访(事项|件|请求|人)|信访条例|信访工作条例|(?<![不没别])上访"
)
_PAPERS: Final = r"(文件|批复|台账|账目|明细|名单|记录|纪要|合同|协议|报告|档案|信息)"
_INFORMATION: Final = re.compile(
    r"依申请公开|申请(政府)?信息公开|信息公开申请|政府信息公开条例|申请(贵局|你局|民政局)?公开"
    rf"|(申请|要求|请求)(贵局|你局|你们|民政局)?(公开|提供|查阅|复制)[^，。！？；\n]{{0,24}}{_PAPERS}"
)
_WEBSITE: Final = re.compile(r"(网站|网页|公众号|链接).{0,12}(打不开|错别字|写错|有误|失效|过期|404)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed track. ``state`` is ``open`` where the channel itself decides (the petition system), so that nobody
    need confirm it; ``evidence`` are the writer's own words.
    """

    track: str
    form: str
    why: str
    evidence: str = ""
    state: str = "proposed"
    confirmed_on: None = None
    since: None = None  # what a further letter proposes is dated where it is kept

    @property
    def reason(self) -> str:
        """The reason with its evidence, in a sentence."""
        return f"{self.why}（“{self.evidence}”）" if self.evidence else self.why


def propose_tracks(text: str, source: str) -> tuple[Proposal, ...]:
    """Return every track that the message speaks of, the most formal one first."""
    found = []
    if source == "petition_system":
        found.append(Proposal("petition", usual_form("petition", source), "由信访系统转来", state="open"))
    for pattern, track, why in (
        (_PETITION, "petition", "来信写明信访"),
        (_INFORMATION, "information_request", "来信写明申请信息公开"),
        (_WEBSITE, "website_correction", "反映网站内容有误"),
    ):
        match = pattern.search(text)
        if match and track not in [proposal.track for proposal in found]:
            found.append(Proposal(track, usual_form(track, source), why, match[0][:100]))
    return tuple(found)
