"""Instants as people read them: Shanghai time, short, with the year only when it is another one."""

from __future__ import annotations

from datetime import datetime

from handlers.deadlines.worktime import SHANGHAI


def moment(instant: datetime, now: datetime | None = None) -> str:
    """ "11月22日 9:14"; the year goes in front when ``now`` lies in another one."""
    local = instant.astimezone(SHANGHAI)
    return f"{day(instant, now)} {local.hour}:{local.minute:02d}"


def day(instant: datetime, now: datetime | None = None) -> str:
    """ "11月22日" of an instant, local."""
    local = instant.astimezone(SHANGHAI)
    year = f"{local.year}年" if now is not None and now.astimezone(SHANGHAI).year != local.year else ""
    return f"{year}{local.month}月{local.day}日"
