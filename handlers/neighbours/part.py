"""Who takes part: a restricted or sensitive case, or a report (举报), is not compared, counted, shown or found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from handlers.records import Case


def takes_part(case: Any = Case) -> ColumnElement[bool]:
    """The condition on ``cases`` (or an alias of it) that a case may be compared with others."""
    ordinary = or_(case.kind.is_(None), case.kind != "report")
    return and_(case.restricted.is_(False), case.sensitive.is_(False), ordinary, case.accused_type == "")


def may_take_part(case: Case) -> bool:
    """:func:`takes_part` of a case in hand."""
    return not (case.restricted or case.sensitive or case.kind == "report" or case.accused_type)
