"""The console's menu: what each role finds there, and how many cases wait behind every entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from handlers.accounts.roles import Role, SignedIn

_ALL: Final = frozenset(Role)
_WORK: Final = frozenset({Role.OFFICER, Role.HEAD, Role.OFFICE, Role.LEADER})
_OVERVIEW: Final = frozenset({Role.OFFICE, Role.LEADER, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the menu. ``count_key`` names its count ("" = none); ``alarming`` counts are shown red."""

    label: str
    href: str
    icon: str
    roles: frozenset[Role]
    count_key: str = ""
    alarming: bool = False
    only_report_recipient: bool = False


MENU: Final[tuple[tuple[str, tuple[Entry, ...]], ...]] = (
    ("办件", (
        Entry("待分派", "/console/queue/triage", "inbox", frozenset({Role.OFFICE, Role.LEADER}), "triage"),
        Entry("我的", "/console/queue/mine", "person", _WORK, "mine"),
        Entry("本科室", "/console/queue/section", "people", frozenset({Role.OFFICER, Role.HEAD}), "section"),
        Entry("快到期", "/console/queue/soon", "clock", _WORK, "soon"),
        Entry("已超期", "/console/queue/late", "alert", _WORK | {Role.AUDITOR}, "late", alarming=True),
        Entry("受限", "/console/queue/restricted", "lock", _ALL, "restricted", only_report_recipient=True),
        Entry("全部", "/console/queue/all", "list", _OVERVIEW, ""),
    )),
    ("工作", (
        Entry("登记来件", "/console/register", "plus", frozenset({Role.OFFICER, Role.HEAD, Role.OFFICE})),
        Entry("办公室看板", "/console/board", "board", _OVERVIEW | {Role.HEAD}),
    )),
    ("管理", (Entry("管理", "/console/admin", "gear", frozenset({Role.ADMIN})),)),
)  # fmt: skip


def menu_for(me: SignedIn, path: str, counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Return the groups of the menu this person has, with the counts that are known."""
    groups: list[dict[str, object]] = []
    for title, entries in MENU:
        items = [_item(entry, path, counts) for entry in entries if _offered(entry, me)]
        if items:
            groups.append({"title": title, "items": items})
    return groups


def _offered(entry: Entry, me: SignedIn) -> bool:
    return me.role in entry.roles and (me.receives_reports or not entry.only_report_recipient)


def _item(entry: Entry, path: str, counts: Mapping[str, int]) -> dict[str, object]:
    return {
        "label": entry.label,
        "href": entry.href,
        "icon": entry.icon,
        "current": path == entry.href or path.startswith(entry.href + "/"),
        "count_key": entry.count_key,
        "count": counts.get(entry.count_key),
        "alarming": entry.alarming,
    }
