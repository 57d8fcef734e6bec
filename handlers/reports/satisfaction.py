"""三率, reported apart: answered at all (答复率), satisfied (满意率) and resolved (解决率); and 评价率 beside them."""

from __future__ import annotations

from typing import Final

from handlers.deadlines.workdays import WorkCalendar
from handlers.reports.deeds import Answered, Closed, Decided, Deed
from handlers.reports.mark import Mark

#: Results that say how the matter itself ended; the others (转送, 重复, 联系不上, 撤回) say nothing about it.
_OF_THE_MATTER: Final = frozenset(("solved", "partly_solved", "policy_explained", "not_supported"))


def answered(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark an answer owed whose limit was kept or has ended; it counts once it has arrived, however late."""
    if not isinstance(deed, Decided) or deed.duty != "answer":
        return None
    return Mark(deed.at, deed.section, deed.track, deed.done)


def rated(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark an answer that arrived; it counts when the citizen rated it, or asked for its case to be done again."""
    return Mark(deed.at, deed.section, deed.track, bool(deed.rating)) if isinstance(deed, Answered) else None


def satisfied(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark a rated answer; it counts when the citizen said 满意."""
    if not isinstance(deed, Answered) or not deed.rating:
        return None
    return Mark(deed.at, deed.section, deed.track, deed.rating == "satisfied")


def resolved(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark a closing with a result about the matter; it counts when that was 解决 and the case stayed closed."""
    if not isinstance(deed, Closed) or deed.result not in _OF_THE_MATTER:
        return None
    return Mark(deed.at, deed.section, deed.track, deed.result == "solved" and not deed.reopened)
