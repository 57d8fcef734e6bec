"""Which legal track (办理途径) a message proposes, with its reason; staff confirm it."""

from __future__ import annotations

import re
from typing import Final

_PETITION: Final = re.compile(
    r"(我要|依法|申请|要求|提出|登记|作为|走)信访|信访(事项|件|请求|人)|信访条例|信访工作条例"
)
_INFORMATION: Final = re.compile(
    r"(依申请公开|申请(政府)?信息公开|信息公开申请|政府信息公开条例|申请(贵局|你局|民政局)?公开)"
)
_WEBSITE: Final = re.compile(r"(网站|网页|公众号|链接).{0,12}(打不开|错别字|写错|有误|失效|过期|404)")


def propose_track(text: str, source: str) -> tuple[str, str]:
    """Return (track code, the reason in words). A chat message alone starts no petition or information request."""
    if source == "petition_system":
        return "petition", "由信访系统转来"
    for pattern, track, why in (
        (_INFORMATION, "information_request", "来信写明申请信息公开"),
        (_PETITION, "petition", "来信写明信访"),
        (_WEBSITE, "website_correction", "反映网站内容有误"),
    ):
        match = pattern.search(text)
        if match:
            return track, f"{why}（“{match[0]}”）"
    return "general", ""
