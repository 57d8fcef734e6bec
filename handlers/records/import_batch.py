"""导入: a list of another platform (12345, petition office), its rows, and how that platform's columns are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big, Code, Id, LongText


class ImportBatch(Base):
    """States: ``uploaded`` (columns to be mapped, preview), ``running``, ``done``, ``dropped``.

    ``headers`` are the platform's columns in its own order; ``mapping`` is header place → our field. ``claimed_until``
    keeps two workers from one batch.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_state", "state"), Index("ix_import_batch_at", "at"))

    id: Mapped[Id]
    source: Mapped[Code]
    filename: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    headers: Mapped[list[Any]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[Code] = mapped_column(default="uploaded")
    officer_id: Mapped[int] = mapped_column(Big, ForeignKey("officer.id"))
    at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]


class ImportRow(Base):
    """One row of the file. States: ``waiting``, ``refused`` (``why``), ``taken`` (``number``), ``known``.

    ``cells`` is the row as it was, sealed: it names people. It goes with the case's contact data, or when refused.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "place"),
        Index("ix_import_row_batch_id_state", "batch_id", "state"),
        Index("ix_import_row_number", "number"),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(Big, ForeignKey("import_batch.id"))
    place: Mapped[int]  # the row's number in the sheet, the header being the first
    cells: Mapped[LongText]
    state: Mapped[Code] = mapped_column(default="waiting")
    why: Mapped[str] = mapped_column(String(500), default="")
    number: Mapped[str] = mapped_column(String(20), default="")


class ImportMapping(Base):
    """How a source's columns were read last time: heading → our field."""

    __tablename__ = "import_mapping"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed_at: Mapped[datetime]
