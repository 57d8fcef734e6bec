"""The console's menu: the queues and places each role has, and how many cases wait behind every entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from handlers.accounts.roles import CASE_READERS, CASE_WORKERS, Role, SignedIn
from handlers.casework.access import sections_of
from handlers.casework.queues import QUEUES, Queue

#: The queues looked at every day, with their icons; the others stand under 更多.
_DAILY: Final[dict[str, str]] = {
    "triage": "inbox",
    "mine": "person",
    "unclaimed": "flag",
    "review": "write",
    "to_seal": "print",
    "section": "people",
    "due_soon": "clock",
    "late": "alert",
    "unread": "chat",
    "restricted": "lock",
}
_ALARMING: Final = frozenset({"late"})
#: Where what waits for one's step is read and signed.
_SIGNING: Final = "/console/sign"
_SIGNERS: Final = frozenset({Role.HEAD, Role.OFFICE, Role.LEADER})


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the menu that is no queue."""

    label: str
    href: str
    icon: str
    roles: frozenset[Role]
    count_key: str = ""


_WATCHERS: Final = frozenset({Role.HEAD, Role.OFFICE, Role.LEADER, Role.AUDITOR})

#: In the order of a day: what one does with cases, then what one looks at from above, then what the bureau keeps.
_WORK: Final[tuple[Place, ...]] = (
    Place("查找", "/console/search", "search", frozenset(CASE_READERS)),
    Place("提醒", "/console/alerts", "alert", frozenset(CASE_READERS)),
    Place("登记来件", "/console/register", "plus", frozenset({Role.OFFICER, Role.HEAD, Role.OFFICE})),
    Place("分派台", "/console/triage", "arrow", frozenset({Role.OFFICE})),
    Place("延期审批", "/console/consents", "check", frozenset({Role.HEAD, Role.OFFICE, Role.LEADER}), "consents"),
    Place("督办", "/console/supervision", "flag", frozenset(CASE_READERS)),
    Place("群体件", "/console/groups", "people", frozenset(CASE_READERS)),
    Place("外出代班", "/console/absences", "person", frozenset({*CASE_WORKERS, Role.ADMIN})),
)
_WHOLE: Final[tuple[Place, ...]] = (
    Place("办公室看板", "/console/board", "board", _WATCHERS),
    Place("统计", "/console/figures", "chart", _WATCHERS),
    Place("识别质量", "/console/quality", "star", frozenset({Role.OFFICE, Role.ADMIN})),
    Place("留痕锚点", "/console/anchors", "history", frozenset({Role.AUDITOR, Role.ADMIN})),
)
_KEPT: Final[tuple[Place, ...]] = (
    Place("办事指南", "/console/guides", "guide", frozenset(CASE_READERS)),
    Place("常用答复", "/console/replies", "write", frozenset(CASE_WORKERS)),
    Place("导入清单", "/console/exchange/imports", "file", frozenset({Role.HEAD, Role.OFFICE})),
    Place("管理", "/console/admin", "gear", frozenset({Role.ADMIN})),
)
PLACES: Final[dict[str, tuple[Place, ...]]] = {"工作": _WORK, "全局": _WHOLE, "资料": _KEPT}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; ``count_key`` names its live count ("" = none)."""

    label: str
    href: str
    icon: str
    current: bool
    count_key: str = ""
    count: int | None = None
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading; a ``folded`` group opens on a click (and by itself when one is being looked at)."""

    title: str
    entries: tuple[Entry, ...]
    folded: bool = False


def menu_for(me: SignedIn, path: str, counts: Mapping[str, int]) -> list[Group]:
    """Return the groups of the menu this person has."""
    offered = [queue for queue in QUEUES.values() if me.roles & {*queue.roles} and _offered(queue.code, me, counts)]
    daily = tuple(_queue(q.code, q.name, _DAILY[q.code], path, counts) for q in _first(offered) if q.code in _DAILY)
    more = tuple(_queue(q.code, q.name, "list", path, counts) for q in offered if q.code not in _DAILY)
    groups = (Group("办件", daily), Group("更多队列", more, folded=True), *_places(me, path, counts))
    return [group for group in groups if group.entries]


def _first(offered: list[Queue]) -> list[Queue]:
    """What waits for one's signature stands in front: on a phone there is room for little else."""
    return sorted(offered, key=lambda queue: queue.code != "review")


def _places(me: SignedIn, path: str, counts: Mapping[str, int]) -> list[Group]:
    return [
        Group(title, tuple(_place(place, path, counts) for place in places if me.roles & place.roles))
        for title, places in PLACES.items()
    ]


def _offered(code: str, me: SignedIn, counts: Mapping[str, int]) -> bool:
    if code == "restricted":  # nobody else needs to know that there is such a queue
        return me.receives_reports or counts.get(code, 0) > 0
    if code == "review" and not _SIGNERS & me.roles:  # a legality section's officers, when there is something
        return counts.get(code, 0) > 0
    if code == "to_seal" and Role.OFFICE not in me.roles:  # the office keeps the seal; others see it when it waits
        return counts.get(code, 0) > 0
    return bool(sections_of(me)) or code not in ("section", "cooperating")


def _queue(code: str, name: str, icon: str, path: str, counts: Mapping[str, int]) -> Entry:
    href = _SIGNING if code == "review" else f"/console/queue/{code}"
    return Entry(name, href, icon, _within(path, href), code, counts.get(code), code in _ALARMING)


def _place(place: Place, path: str, counts: Mapping[str, int]) -> Entry:
    key = place.count_key
    return Entry(place.label, place.href, place.icon, _within(path, place.href), key, counts.get(key) if key else None)


def _within(path: str, href: str) -> bool:
    return path == href or path.startswith(f"{href}/")
