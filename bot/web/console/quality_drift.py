"""识别质量 over the weeks, in words: what came in, what staff corrected, and the warnings with their bounds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.web.console.quality_view import name_of
from bot.web.formats import local
from handlers.learning.drift import COMPARED, Drift, Week
from handlers.learning.warnings import LEAST, MORE_CORRECTIONS, MORE_OF_A_TOPIC, Compared, Warned
from handlers.taxonomy import LABEL_CODES, LABEL_NAMES

_CHANGES: Final = 10


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One class over the weeks: its share of 100 in each ("—" in a week without messages)."""

    name: str
    cells: Sequence[str]


def week_name(week: Week) -> str:
    """``11月16日起``."""
    day = local(week.start)
    return f"{day.month}月{day.day}日起"


def share(part: int, of: int) -> str:
    """A share of 100 without a unit; ``—`` of nothing."""
    return f"{100 * part / of:.0f}%" if of else "—"


def share_rows(found: Drift, label: str) -> list[ShareRow]:
    """Every topic or kind that came in, with its share in each week."""
    counted = [week.topics if label == "topic" else week.kinds for week in found.weeks]
    names = {**LABEL_CODES[label], "": "没有判断"}
    rows = []
    for code, name in names.items():
        if any(one[code] for one in counted):
            cells = [share(one[code], week.read) for one, week in zip(counted, found.weeks, strict=True)]
            rows.append(ShareRow(name, cells))
    return rows


def changes(found: Drift) -> list[tuple[str, str, str, int]]:
    """The most frequent corrections: label, what was read, what is right, how often."""
    return [
        (LABEL_NAMES[one.label], name_of(one.label, one.said), name_of(one.label, one.right), one.n)
        for one in found.changes[:_CHANGES]
    ]


def differing(week: Week) -> str:
    """``业务类别 3，情感 1``: where what was read differs from what a person left standing."""
    return (
        "，".join(f"{LABEL_NAMES[label]} {week.differs[label]}" for label in COMPARED if week.differs[label]) or "没有"
    )


def warnings(found: Compared) -> list[str]:
    """The warnings in words, with what they were compared with."""
    if found.week is None:
        return []
    return [_warning(one, week_name(found.week)) for one in found.warned]


def _warning(one: Warned, week: str) -> str:
    numbers = f"从前四周平均每百件 {one.before:.0f} 到现在 {one.now:.0f}"
    if one.what == "corrections":
        return f"{week}的一周，工作人员更正得明显多了：{numbers}。请看下面最常改成什么；可能要学习，或退回上一个。"
    name = name_of("topic", one.topic)
    way = "多" if one.now > one.before else "少"
    return f"{week}的一周，“{name}”来得明显{way}：{numbers}。可能真有事发生，也可能判断偏了，请点开几件看看。"


#: The bounds of the warnings, said on the page.
BOUNDS: Final = (
    f"一周至少读了 {LEAST} 件，和前四周相比，每百件的更正多了 {MORE_CORRECTIONS:.0f} 件以上，"
    f"或某个业务类别的占比变动超过 {MORE_OF_A_TOPIC:.0f} 个百分点，并且巧合很难解释（超过三倍标准误），就会在这里提醒。"
)
