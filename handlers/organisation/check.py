"""What an admin should still see to in a profile that can be used: said in words, most important first."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from handlers.organisation.approvals import forbidden
from handlers.organisation.profile import Profile
from handlers.organisation.wording import check_wording
from handlers.signing.ways import MATTERS

#: The telephone numbers of the shipped profiles are made up, and look it.
_EXAMPLE_PHONE: Final = re.compile(r"^0\d{3}-0000\d{3}$")


def check_profile(profile: Profile, officers: Collection[str] | None = None) -> list[str]:
    """Return what is missing or still an example; ``officers`` (sign-in names) are looked at when given."""
    return [
        *_people(profile, officers),
        *_phones(profile),
        *_ladder(profile),
        *_approvals(profile),
        *check_wording(profile),
    ]


def _people(profile: Profile, officers: Collection[str] | None) -> list[str]:
    found = []
    if not profile.report_recipient:
        found.append("没有指定举报受理人（report_recipient）：举报件无人能看，请填登录名")
    if not profile.duty_roster:
        found.append("值班表（duty_roster）是空的：紧急留言无人可叫")
    if officers is not None:
        named = [profile.report_recipient, *(turn.officer for turn in profile.duty_roster)]
        found += [f"{name} 不是已有的登录名" for name in dict.fromkeys(filter(None, named)) if name not in officers]
    return found


def _phones(profile: Profile) -> list[str]:
    found = [
        f"{name} 是示例号码 {phone}，请换成真的"
        for name, phone in (("电话", profile.phone), ("值班电话", profile.duty_phone))
        if _EXAMPLE_PHONE.match(phone)
    ]
    listed = [section.name for section in profile.sections if _EXAMPLE_PHONE.match(section.phone)]
    listed += [unit.name for unit in profile.units if _EXAMPLE_PHONE.match(unit.phone)]
    if listed:
        found.append(f"{len(listed)} 个科室和单位还是示例号码，例如 {'、'.join(listed[:3])}")
    return found


def _approvals(profile: Profile) -> list[str]:
    ways, found = profile.approvals.ways, list[str]()
    if any("legal" in way for way in ways.values()) and not profile.legal_section:
        found.append("审签程序里有合法性审核，但没有法规科：这一步会略过，请在“管理 › 审签程序”里选定")
    faults = {matter: forbidden(matter, way) for matter, way in ways.items()}
    return found + [f"{MATTERS[matter]}的审签程序：{fault}" for matter, fault in faults.items() if fault]


def _ladder(profile: Profile) -> list[str]:
    colours = {step.colour for step in profile.ladder}
    names = {"yellow": "黄色", "orange": "橙色", "red": "红色"}
    return [f"预警阶梯没有{name}一级" for colour, name in names.items() if colour not in colours]
