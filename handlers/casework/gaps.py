"""Gaps in the case numbers: a number is given out in the transaction that opens its case, so a gap means a lost row."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.records import Case, NumberSeries


def number_gaps(session: Session, since: date) -> list[str]:
    """Return, for each day from ``since`` with a gap, how many numbers were given out and how many cases there are."""
    day = func.substr(Case.number, 1, 8)
    counted = select(day, func.count()).where(Case.number >= f"{since:%Y%m%d}").group_by(day)
    there = dict(session.execute(counted).tuples().all())
    given = select(NumberSeries.day, NumberSeries.last).where(NumberSeries.day >= since).order_by(NumberSeries.day)
    return [
        f"{day.month}月{day.day}日发出 {last} 个编号，现有 {there.get(f'{day:%Y%m%d}', 0)} 件"
        for day, last in session.execute(given).tuples()
        if there.get(f"{day:%Y%m%d}", 0) != last
    ]
