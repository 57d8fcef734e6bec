"""One page of a list of cases, with how many there are as far as that is worth counting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from handlers.records import Case

COUNTED: Final = 1000
#: The ids, how many there are in all, and whether there are more than that.
Page = tuple[Sequence[int], int, bool]


def open_page(session: Session, ordered: Select[tuple[Case]], page: int, size: int) -> Page:
    """A page's ids, how many there are, and that no more are: looked through once, to be counted and put in order."""
    asked = ordered.with_only_columns(Case.id, func.count().over())
    found = session.execute(asked.limit(size).offset((page - 1) * size)).all()
    if not found and page > 1:  # whoever comes from an old link
        found = session.execute(asked.limit(1)).all()
        return [], found[0][1] if found else 0, False
    return [case_id for case_id, _ in found], found[0][1] if found else 0, False


def closed_page(session: Session, ordered: Select[tuple[Case]], page: int, size: int) -> Page:
    """The same of a list without end: it is counted to :data:`COUNTED`, or to this page's end."""
    most = max(COUNTED, page * size)
    counted = ordered.order_by(None).with_only_columns(Case.id).limit(most + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    ids = session.scalars(ordered.with_only_columns(Case.id).limit(size).offset((page - 1) * size)).all()
    return ids, min(total, most), total > most
