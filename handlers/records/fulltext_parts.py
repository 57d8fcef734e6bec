"""What the search index is made of, whatever the database: its marks, the columns it follows, its blocks, a question.

``search_index`` holds one row for each case, a set of tokens made by :mod:`handlers.search.tokens` (never by a
database's parser); ``search_due`` holds a mark for each change of what a case's row is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table

INDEX: Final = "search_index"
#: Both tables stand beside the schema of :class:`handlers.records.base.Base`: no migration and no backup knows them.
OWN: Final = MetaData()
#: The marks: append-only, so that a change made while its case is being indexed leaves a mark of its own.
DUE: Final = Table(
    "search_due",
    OWN,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, nullable=False),
)
#: The columns of ``cases`` whose change makes the case's row out of date.
OF_CASES: Final = (
    "number", "subject", "place", "district", "outer_number", "state", "kind", "topic", "topic_2", "section_code",
    "cooperating", "source", "channel", "track", "urgent", "restricted", "rating_words", "result_evidence",
    "merged_into_id", "officer_id", "admitted",
)  # fmt: skip
#: The same of the tables whose rows name their case.
OF_PARTS: Final = {
    "message": ("case_id", "text"),
    "reply": ("text", "state"),
    "note": ("text",),
    "case_contact": ("name", "phone"),
    "unit_referral": ("demand", "result", "outer_number"),
}
#: A block of case ids: 2,048, 16,384 and 131,072 cases. PostgreSQL's index has no order; a token for each block a case
#: lies in lets it look through the newest cases first, as SQLite's does by its row numbers.
BLOCKS: Final = (11, 14, 17)


@dataclass(frozen=True, slots=True)
class All:
    """Every one of ``parts`` (tokens, or more of these) must be there."""

    parts: tuple[str | All | Some, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of ``parts`` must be there."""

    parts: tuple[str | All | Some, ...]


def blocks(case_id: int) -> list[str]:
    """The tokens of the blocks that a case lies in, the smallest first."""
    return [f"§b{level}·{case_id >> bits}" for level, bits in enumerate(BLOCKS)]


def trigger_names() -> list[tuple[str, str]]:
    """Every trigger of the index with the table it stands on."""
    parts = [(f"search_{part}_{what}", part) for part in OF_PARTS for what in ("insert", "update", "delete")]
    of_cases = ("search_cases_insert", "search_cases_update", "search_hide_update", "search_hide_delete")
    return [*parts, *((name, "cases") for name in of_cases)]
