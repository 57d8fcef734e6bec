"""The numbers of documents (发文字号): one series per kind and year, without gaps."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from handlers.records import DocumentSeries
from handlers.records.upsert import insert_into


class Numbered(NamedTuple):
    """A number as it was taken: ``number`` is the whole 发文字号, ``serial`` its last part."""

    year: int
    serial: int
    number: str


def next_number(session: Session, kind: str, word: str, year: int) -> Numbered:
    """Take the next number of a series; ``word`` stands before 〔2026〕1号.

    The series' row stays locked until the transaction ends: a number is taken exactly when what bears it is there.
    """
    statement = (
        insert_into(session, DocumentSeries)
        .values(kind=kind, year=year, last=1)
        .on_conflict_do_update(index_elements=["kind", "year"], set_={"last": DocumentSeries.last + 1})
        .returning(DocumentSeries.last)
    )
    serial = int(session.execute(statement).scalar_one())
    return Numbered(year, serial, f"{word}〔{year}〕{serial}号")
