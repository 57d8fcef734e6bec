"""The archive's shape: what is written first and last, and how one value looks in it.

A ``tar.gz`` of ``header.json``, ``tables/<name>/<n>.jsonl`` (one row a line, values in the header's column order),
``attachments/aa/bb/<sha256>`` and ``manifest.json`` (counts and hashes; its absence means a cut archive).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import BigInteger, TypeEngine

from handlers.records.base import Base, Instant

FORMAT: Final = 1
KEYS_NOTE: Final = (
    "The keys (HUIYING_DATA_KEY, HUIYING_AUDIT_KEY, HUIYING_SECRET_KEY) are NOT in this archive. Without the data key "
    "contact data cannot be read, without the audit key the history cannot be verified: keep them in another place."
)

#: Called with (what, done, total).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Shape:
    """One table in the archive: columns as (name, kind) in the order of a line's values; ``key`` orders the rows."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    def table(self) -> Table:
        """A table to select from and insert into, without constraints: any release's columns."""
        return Table(
            self.name, MetaData(), *(Column(n, _TYPES[kind](), key=n, nullable=True) for n, kind in self.columns)
        )

    def line(self, row: Sequence[Any]) -> bytes:
        """One row as a canonical line: equal rows of both databases give equal bytes."""
        values = [_plain(value) for value in row]
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass") + b"\n"

    def row(self, line: bytes) -> dict[str, Any]:
        """The row of a line, ready to insert. Raises ValueError when it does not fit the columns."""
        values = json.loads(line.decode("utf-8", "surrogatepass"))
        if not isinstance(values, list) or len(values) != len(self.columns):
            raise ValueError(f"a line of {self.name} does not fit its columns")
        return {
            name: None if value is None else _READ.get(kind, _same)(value)
            for (name, kind), value in zip(self.columns, values, strict=True)
        }


def shapes() -> list[Shape]:
    """Every table of this release, parents before children."""
    return [_shape(table) for table in Base.metadata.sorted_tables]


def _shape(table: Table) -> Shape:
    columns = sorted((column.name, _kind(column.type)) for column in table.columns)
    return Shape(table.name, tuple(columns), tuple(column.name for column in table.primary_key.columns))


def _kind(column_type: TypeEngine[Any]) -> str:
    for kind, classes in _CLASSES.items():
        if isinstance(column_type, classes):
            return kind
    return "text"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _same(value: Any) -> Any:
    return value


_CLASSES: Final[dict[str, tuple[type[Any], ...]]] = {
    "instant": (Instant,),
    "date": (Date,),
    "bytes": (LargeBinary,),
    "json": (JSON,),
    "bool": (Boolean,),
    "float": (Float,),
    "int": (Integer,),
}
_TYPES: Final[dict[str, Callable[[], TypeEngine[Any]]]] = {
    "instant": Instant,
    "date": Date,
    "bytes": LargeBinary,
    "json": JSON,
    "bool": Boolean,
    "float": Float,
    "int": BigInteger,
    "text": Text,
}
_READ: Final[dict[str, Callable[[Any], Any]]] = {
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": base64.b64decode,
}
