"""What the address of a search says: words and filters, their choices, and the same again in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from bot.web.dates import in_reach
from bot.web.formats import SHANGHAI
from handlers.accounts.roles import SignedIn
from handlers.casework.access import sees_all
from handlers.casework.queues import Filters, queues_of
from handlers.casework.states import CASE_STATES
from handlers.organisation.profile import Profile
from handlers.taxonomy import KINDS, SOURCES, TOPICS

FIELDS: Final = (
    "q", "queue", "state", "kind", "topic", "section", "source", "channel", "due", "urgent", "from", "until", "colour",
)  # fmt: skip
_LONGEST: Final = 120
_DUE: Final = {"late": "已超期", "soon": "快到期", "week": "七天内到期"}
_COLOURS: Final = {"red": "红 已超期", "orange": "橙 即将到期", "yellow": "黄 快到期"}
_CHANNELS: Final = {
    "wechat": "微信公众号", "telegram": "Telegram", "web": "网页", "rest": "接口", "registration": "登记",
    "import": "导入",
}  # fmt: skip

Choice = tuple[str, str, list[tuple[str, str]]]


def given_in(params: Mapping[str, str]) -> dict[str, str]:
    """The fields that say something, cut to a sane length."""
    found = {name: params.get(name, "").strip()[:_LONGEST] for name in FIELDS}
    return {name: value for name, value in found.items() if value}


def filters_of(given: Mapping[str, str]) -> Filters:
    """The filters; a value that does not exist narrows to nothing, as it would anywhere."""
    first, last = _day(given.get("from", "")), _day(given.get("until", ""))
    return Filters(
        queue=given.get("queue", ""),
        kind=given.get("kind", ""),
        topic=given.get("topic", ""),
        section=given.get("section", ""),
        source=given.get("source", ""),
        channel=given.get("channel", ""),
        state=given.get("state", ""),
        colour=given.get("colour", ""),
        due=given.get("due", ""),
        urgent="urgent" in given,
        opened_from=_midnight(first) if first else None,
        opened_until=_midnight(last + timedelta(days=1)) if last else None,
    )


def choices(me: SignedIn, profile: Profile) -> list[Choice]:
    """The lists to choose from: (name, label, options)."""
    queues = [(queue.code, queue.name) for queue in queues_of(me) if queue.code != "all"]
    found: list[Choice] = [
        ("queue", "队列", [item for item in queues if item[0] != "restricted" or me.receives_reports]),
        ("state", "状态", [(state.code, state.name) for state in CASE_STATES.values()]),
        ("kind", "类型", list(KINDS.items())),
        ("topic", "业务", list(TOPICS.items())),
        ("source", "来源", list(SOURCES.items())),
        ("channel", "渠道", list(_CHANNELS.items())),
        ("due", "时限", list(_DUE.items())),
    ]
    if sees_all(me):
        found.insert(4, ("section", "科室", [(section.code, section.name) for section in profile.sections]))
    return found


def in_words(given: Mapping[str, str], me: SignedIn, profile: Profile) -> str:
    """The search as a sentence: for the record of an export and beside a view."""
    named = {name: (label, dict(options)) for name, label, options in choices(me, profile)}
    named["colour"] = ("预警", _COLOURS)
    parts = [f"“{given['q']}”"] if "q" in given else []
    for name, value in given.items():
        if name in named:
            label, options = named[name]
            parts.append(f"{label}：{options.get(value, value)}")
    if "urgent" in given:
        parts.append("紧急")
    if "from" in given or "until" in given:
        parts.append(f"收到：{given.get('from', '')} 至 {given.get('until', '今')}")
    return "，".join(parts) or "全部"


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if in_reach(found) else None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
