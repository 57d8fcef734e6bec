"""How long and how often a case's writer can still be answered in their chat: "微信会话还剩 3 小时，可再发 2 条"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from handlers.casework.local import moment
from handlers.casework.states import OWING_STATES
from handlers.core import Core
from handlers.records import Case, Citizen
from handlers.records.ids import in_round_number
from handlers.taxonomy import SOURCES

#: A window that ends within this is marked in the queue.
SOON: Final = timedelta(hours=12)
_WINDOWS: Final = select(Citizen.id, Citizen.window_until, Citizen.window_left).where(
    Citizen.id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Reach:
    """The window of one case's writer. ``words`` is a sentence without its end; ``until`` is local and may be ""."""

    words: str
    open: bool
    soon: bool
    left: int
    until: str


def reaches(session: Session, core: Core, cases: Sequence[Case], now: datetime) -> dict[int, Reach]:
    """By case id, for cases that owe an answer on a channel with such a window; one query."""
    owing = [
        case for case in cases
        if case.channel in core.policy.window_channels and case.citizen_id and case.state in OWING_STATES
    ]  # fmt: skip
    if not owing:
        return {}
    rows = session.execute(_WINDOWS, {"ids": in_round_number({case.citizen_id for case in owing if case.citizen_id})})
    windows = {row.id: (row.window_until, row.window_left) for row in rows}
    return {
        case.id: _reach(case.channel, *windows[case.citizen_id], now) for case in owing if case.citizen_id in windows
    }


def _reach(channel: str, until: datetime | None, left: int, now: datetime) -> Reach:
    name = f"{SOURCES.get(channel, '').removesuffix('公众号')}会话"
    if until is None or until <= now:
        return Reach(f"{name}已结束", False, False, 0, moment(until, now) if until else "")
    if left <= 0:
        return Reach(f"{name}里可发的条数已用完", False, False, 0, moment(until, now))
    words = f"{name}还剩 {span_words(until - now)}，可再发 {left} 条"
    return Reach(words, True, until - now <= SOON, left, moment(until, now))


def span_words(span: timedelta) -> str:
    """A length of time in the largest unit that says enough: "40 分钟", "3 小时", "1 天 5 小时"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{max(1, minutes)} 分钟"
    days, hours = divmod(minutes // 60, 24)
    if not days:
        return f"{hours} 小时"
    return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
