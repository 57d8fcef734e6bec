"""What an edit changes, field by field, for whoever approves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.guides.guide import FIELD_NAMES, Guide, Material
from handlers.organisation.profile import Profile
from handlers.taxonomy import TOPICS


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its name in words, its lines before and now."""

    name: str
    before: tuple[str, ...]
    now: tuple[str, ...]


def changes(before: Guide, now: Guide, profile: Profile) -> list[Change]:
    """Return the fields that differ, in the order of the form."""
    sections = profile.section_names
    return [
        Change(name, _lines(field, getattr(before, field), sections), _lines(field, getattr(now, field), sections))
        for field, name in FIELD_NAMES.items()
        if getattr(before, field) != getattr(now, field)
    ]


def _lines(field: str, value: Any, sections: dict[str, str]) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(_line(part) for part in value) or ("（没有）",)
    if isinstance(value, bool):
        return ("是" if value else "否",)
    if isinstance(value, date):
        return (value.isoformat(),)
    if field == "topic":
        return (TOPICS.get(value, value),)
    if field == "section":
        return (sections.get(value, "按业务类别归口"),)
    return (str(value),) if value else ("（没有）",)


def _line(part: str | Material) -> str:
    if isinstance(part, Material):
        return f"{part.name}：{part.note}" if part.note else part.name
    return part
