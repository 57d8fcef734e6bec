"""The form of a guide: what was typed as a guide, a guide as what the fields show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.web.dates import typed_day
from bot.web.forms import Posted
from handlers.errors import InvalidInput
from handlers.guides.guide import LISTS, Guide, Material

_TEXTS: Final = ("item", "topic", "section", "summary", "place", "hours", "phone", "limit", "fee", "source")
#: Between a paper and what is said of it.
_BAR: Final = "｜"
EMPTY: Final[Mapping[str, str]] = {
    **dict.fromkeys(("code", *_TEXTS, *LISTS, "materials", "valid_from", "valid_until", "sample"), ""),
}


def typed_guide(form: Posted, code: str) -> Guide:
    """Return the guide that was typed, unchecked but for its dates. Raises InvalidInput (the field is named)."""
    first = typed_day(form, "valid_from")
    if first is None:
        raise InvalidInput("请填写从哪天起有效。", "valid_from")
    typed: dict[str, Any] = {name: form.text(name) for name in _TEXTS}
    typed |= {name: tuple(_lines(form.raw(name))) for name in LISTS}
    return Guide(
        code=code,
        **typed,
        materials=tuple(_material(line) for line in _lines(form.raw("materials"))),
        valid_from=first,
        valid_until=typed_day(form, "valid_until"),
        sample=form.flag("sample"),
    )


def shown(guide: Guide) -> dict[str, str]:
    """Return what the form's fields show of a guide."""
    values = {name: str(getattr(guide, name)) for name in ("code", *_TEXTS)}
    values |= {name: "\n".join(getattr(guide, name)) for name in LISTS}
    values["materials"] = "\n".join(f"{m.name}{_BAR}{m.note}" if m.note else m.name for m in guide.materials)
    values["valid_from"] = guide.valid_from.isoformat()
    values["valid_until"] = guide.valid_until.isoformat() if guide.valid_until else ""
    values["sample"] = "1" if guide.sample else ""
    return values


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _material(line: str) -> Material:
    name, _, note = line.replace("|", _BAR).partition(_BAR)
    return Material(name.strip(), note.strip())
