"""A guide as the JSON that its version's row keeps, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from handlers.guides.guide import LISTS, Guide, Material


def to_content(guide: Guide) -> dict[str, Any]:
    """Return the guide as plain data, without its code."""
    found = asdict(guide)
    del found["code"]
    found["valid_from"] = guide.valid_from.isoformat()
    found["valid_until"] = guide.valid_until.isoformat() if guide.valid_until else None
    return found


def from_content(code: str, content: dict[str, Any]) -> Guide:
    """Return the guide that :func:`to_content` made; fields that came with a later release take their defaults."""
    known = {name: value for name, value in content.items() if name in Guide.__dataclass_fields__}
    known |= {name: tuple(known.get(name, ())) for name in LISTS}
    known["materials"] = tuple(Material(**material) for material in content.get("materials", ()))
    known["valid_from"] = date.fromisoformat(content["valid_from"])
    known["valid_until"] = date.fromisoformat(content["valid_until"]) if content.get("valid_until") else None
    return Guide(code=code, **known)
