"""按时受理率: of the first steps owed (告知, 受理, 分派), those taken before their limit ended."""

from __future__ import annotations

from handlers.deadlines.workdays import WorkCalendar
from handlers.reports.deeds import Decided, Deed
from handlers.reports.mark import Mark


def accepted_on_time(deed: Deed, calendar: WorkCalendar) -> Mark | None:
    """Mark a limit for taking a case up, kept or missed."""
    if not isinstance(deed, Decided) or deed.duty != "accept":
        return None
    return Mark(deed.at, deed.section, deed.track, deed.on_time)
