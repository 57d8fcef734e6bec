"""How times, sizes and the ladder are said in Chinese; pure functions, also the filters of the templates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_WEEKDAYS: Final = "一二三四五六日"

Colour = Literal["", "notice", "yellow", "orange", "red"]


def local(moment: datetime) -> datetime:
    """Return an aware instant as Asia/Shanghai time. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime cannot be shown")
    return moment.astimezone(SHANGHAI)


def day(value: date | datetime | None) -> str:
    """``11月25日（周三）``; a datetime is taken to Shanghai first; ``—`` for none."""
    if value is None:
        return "—"
    found = local(value) if isinstance(value, datetime) else value
    return f"{found.month}月{found.day}日（周{_WEEKDAYS[found.weekday()]}）"


def long_day(value: date | datetime | None) -> str:
    """``2026年11月25日（周三）``."""
    if value is None:
        return "—"
    found = local(value) if isinstance(value, datetime) else value
    return f"{found.year}年{day(found if not isinstance(found, datetime) else found.date())}"


def moment(value: datetime | None) -> str:
    """``11月22日 9:14`` in Shanghai."""
    if value is None:
        return "—"
    found = local(value)
    return f"{found.month}月{found.day}日 {found.hour}:{found.minute:02}"


def long_moment(value: datetime | None) -> str:
    """``2026年11月22日 9:14`` in Shanghai."""
    return "—" if value is None else f"{local(value).year}年{moment(value)}"


def iso(value: date | datetime | None) -> str:
    """Machine-readable form for ``<time datetime>``; empty for none."""
    if value is None:
        return ""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def size(count: int) -> str:
    """``512 B``, ``34 KB``, ``1.2 MB``."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.0f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def clipped(text: str, longest: int = 40) -> str:
    """Return the first ``longest`` characters on one line, with … when something is left out."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def unlinked(text: str) -> str:
    """Return an alert's text without the address at its end: on a page the text itself is the link."""
    return _ADDRESS.sub("", text)


_ADDRESS: Final = re.compile(r"：(?:https?:/)?/\S+$")
_DIRECTIONS: Final = dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def plain(text: str) -> str:
    """Return a heading without marks that turn the direction of writing (the letter itself is shown with them)."""
    return text.translate(_DIRECTIONS)


@dataclass(frozen=True, slots=True)
class Badge:
    """One rung of the ladder as people see it: never colour alone (红 ● 已超期 2 天)."""

    colour: Colour
    symbol: str
    word: str
    text: str


_SIGNS: Final[dict[str, tuple[str, str]]] = {
    "": ("○", ""),
    "notice": ("○", ""),
    "yellow": ("▲", "黄"),
    "orange": ("◆", "橙"),
    "red": ("●", "红"),
}


def badge(colour: Colour, text: str) -> Badge:
    """Return the badge of a rung; ``text`` says what is due and how long that is."""
    symbol, word = _SIGNS[colour]
    return Badge(colour, symbol, word, text)
