"""The last number given out to each kind of document in each year; advanced with the document: no gaps."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Code


class DocumentSeries(Base):
    """One row per kind and year of the 成文日期."""

    __tablename__ = "document_series"

    kind: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
