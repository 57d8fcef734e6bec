"""What Alembic compares of a database with the records: not the index of words, nor an index of the other kind."""

from __future__ import annotations

from functools import partial
from typing import Any

from handlers.records.fulltext import is_ours


def options(dialect: str) -> dict[str, Any]:
    """Return the filters for a database of this kind; an index for one kind alone names it in ``info["only"]``."""
    return {"include_name": is_ours, "include_object": partial(_exists_on, dialect)}


def _exists_on(dialect: str, found: Any, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    return kind != "index" or found.info.get("only", dialect) == dialect
