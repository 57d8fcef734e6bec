"""The short form of a guide: what a receipt has room for, and always where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handlers.guides.guide import SAMPLE_WORDS, Guide
from handlers.organisation.profile import Profile

#: What goes first when there is little room; item, summary, source and link always stay.
_GIVES_WAY: Final = ("fee", "steps", "limit", "place", "materials")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a guide's item is asked about: section (or unit), telephone, hours."""

    section: str
    phone: str
    hours: str


def desk_of(guide: Guide, profile: Profile) -> Desk:
    """Return whom the guide names, or whoever the profile makes responsible for its topic."""
    route = profile.route(guide.topic)
    if guide.section and any(section.code == guide.section for section in profile.sections):
        section = profile.section(guide.section)
        name, phone = section.name, section.phone
    elif route.transfer_to:
        unit = profile.unit(route.transfer_to)
        name, phone = unit.name, unit.phone
    else:
        section = profile.section(route.lead)
        name, phone = section.name, section.phone
    hours = profile.hours
    told = (
        f"工作日 {hours.morning_start:%H:%M}–{hours.morning_end:%H:%M}，"
        f"{hours.afternoon_start:%H:%M}–{hours.afternoon_end:%H:%M}"
    )
    return Desk(name, guide.phone or phone or profile.phone, guide.hours or told)


def section_of(guide: Guide, profile: Profile) -> str:
    """Return the code of the section that keeps the guide."""
    known = {section.code for section in profile.sections}
    return guide.section if guide.section in known else profile.route(guide.topic).lead


def short_form(guide: Guide, profile: Profile, link: str = "", room: int = 1400) -> str:
    """Return the guide in at most ``room`` bytes of UTF-8, or "" when not even its core fits."""
    parts = _parts(guide, profile, link)
    for dropped in range(len(_GIVES_WAY) + 1):
        gone = _GIVES_WAY[:dropped]
        text = "\n".join(line for name, line in parts.items() if line and name not in gone)
        if len(text.encode()) <= room:
            return text
    return ""


def _parts(guide: Guide, profile: Profile, link: str) -> dict[str, str]:
    desk = desk_of(guide, profile)
    sample = f"（{SAMPLE_WORDS}）" if guide.sample else ""
    return {
        "item": f"【{guide.item}】{sample}",
        "summary": guide.summary,
        "materials": "要带：" + "；".join(material.name for material in guide.materials) + "。",
        "steps": "怎么办：" + " → ".join(guide.steps) + "。",
        "place": f"在哪办：{guide.place}。咨询电话 {desk.phone}（{desk.section}）。",
        "limit": f"多久：{guide.limit}。",
        "fee": f"费用：{guide.fee}。" if guide.fee else "",
        "source": f"依据：{guide.source}。",
        "link": f"全文：{link}" if link else "",
    }
