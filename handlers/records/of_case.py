"""What hangs on a case, read by one statement a table that is put together once.

Putting a statement together costs more than asking it of an index: a case page asks some forty of them.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from handlers.records.base import Base
from handlers.records.case import Case

Row = TypeVar("Row", bound=Base)


def rows_of(session: Session, table: type[Row], case_id: int) -> list[Row]:
    """Return the rows of ``table`` that belong to the case, oldest first. The caller has checked the right to see."""
    return list(session.scalars(_of_case(table), {"case_id": case_id}))


@cache
def _of_case(table: type[Any]) -> Select[Any]:
    order = table.seq if hasattr(table, "seq") else table.id
    return select(table).where(table.case_id == bindparam("case_id")).order_by(order)


_MERGED: Final = select(Case.id).where(Case.merged_into_id == bindparam("case_id"))


def merged_into(session: Session, case_id: int) -> list[int]:
    """Return the ids of the cases that were merged into this one."""
    return list(session.scalars(_MERGED, {"case_id": case_id}))
