"""The search index's own SQL, the only place where SQLite and PostgreSQL are told different things.

What both do alike: ``search_index`` holds one row for each case, a set of tokens made by :mod:`handlers.search.tokens`
(never by a database's parser); ``search_due`` holds a mark for each change of what a case's row is made of. Triggers
write the marks, so that a change and its mark are one transaction whatever code made the change, and a case that
becomes restricted (or is deleted) leaves the index in that same transaction. Both tables are derived from the others:
they stand in no migration, no backup and no comparison, and :func:`install` makes them anew where they are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    column,
    delete,
    event,
    func,
    insert,
    inspect,
    literal_column,
    select,
    table,
    text,
)  # fmt: skip
from sqlalchemy.orm import Session

from handlers.records.base import Base

_OWN: Final = MetaData()
#: The marks: append-only, so that a change made while its case is being indexed leaves a mark of its own.
DUE: Final = Table(
    "search_due",
    _OWN,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, nullable=False),
)
_INDEX: Final = "search_index"
_CASES: Final = (
    "number", "subject", "place", "district", "outer_number", "state", "kind", "topic", "topic_2", "section_code",
    "cooperating", "source", "channel", "track", "urgent", "restricted", "rating_words", "result_evidence",
    "merged_into_id", "officer_id", "admitted",
)  # fmt: skip
#: Table → the columns whose change makes the case's row out of date; rows of these tables name their case.
_PARTS: Final = {
    "message": ("case_id", "text"),
    "reply": ("text", "state"),
    "note": ("text",),
    "case_contact": ("name", "phone"),
    "unit_referral": ("demand", "result", "outer_number"),
}
#: A block of case ids: 2,048, 16,384 and 131,072 cases. PostgreSQL's index has no order; a token for each block a case
#: lies in lets it look through the newest cases first, as SQLite's does by its row numbers.
BLOCKS: Final = (11, 14, 17)


def is_ours(name: str | None, kind: str = "table", parents: Any = None) -> bool:
    """Whether Alembic is to compare this table: the index's own (and SQLite's shadows of it) it is not."""
    return kind != "table" or not (name or "").startswith(("search_index", "search_due"))


def install(connection: Connection) -> None:
    """Make what is missing of index, marks and triggers; a fresh index marks every case. Safe to call again."""
    if not inspect(connection).has_table("cases"):
        return
    fresh = not inspect(connection).has_table(_INDEX)
    _OWN.create_all(connection)
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        _run(connection, statement)
    for statement in _triggers(connection):
        _run(connection, statement)
    if fresh:
        cases = table("cases", column("id"))
        connection.execute(insert(DUE).from_select(["case_id"], select(cases.c.id)))


def installed(connection: Connection) -> bool:
    """Whether index, marks and every trigger are there."""
    if not inspect(connection).has_table(_INDEX):
        return False
    known = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search\\_%' ESCAPE '\\'"
        if connection.dialect.name == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search\\_%' AND NOT tgisinternal"
    )
    return int(connection.scalar(text(known)) or 0) == len(_names(connection))


def set_aside(connection: Connection) -> None:
    """Drop the triggers: SQLite cannot rebuild a table that a trigger speaks of. :func:`install` brings them back."""
    tables = set(inspect(connection).get_table_names())
    for name, on in _names(connection):
        if on in tables:
            suffix = "" if connection.dialect.name == "sqlite" else f" ON {on}"
            _run(connection, f"DROP TRIGGER IF EXISTS {name}{suffix}")


def clear(session: Session) -> None:
    """Empty the index and mark every case; the follow-up fills it again."""
    session.execute(text(f"DELETE FROM {_INDEX}"))
    session.execute(delete(DUE))
    cases = table("cases", column("id"))
    session.execute(insert(DUE).from_select(["case_id"], select(cases.c.id).order_by(cases.c.id)))


def only_one(session: Session) -> bool:
    """Whether this transaction may index: two at once could write an older state over a newer one."""
    if _is_sqlite(session):
        return True  # a write transaction is alone anyway
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(0x48594653))))


def put(session: Session, rows: Sequence[tuple[int, Iterable[str]]]) -> None:
    """Write the rows (case id, tokens) of the index, each in the place of an older one."""
    if not rows:
        return
    values = [{"case_id": case_id, "words": " ".join([*words, *_blocks(case_id)])} for case_id, words in rows]
    if _is_sqlite(session):
        session.execute(text(f"INSERT OR REPLACE INTO {_INDEX} (rowid, words) VALUES (:case_id, :words)"), values)
        return
    upsert = (
        f"INSERT INTO {_INDEX} (case_id, words) VALUES (:case_id, array_to_tsvector(string_to_array(:words, ' '))) "
        "ON CONFLICT (case_id) DO UPDATE SET words = excluded.words"
    )
    session.execute(text(upsert), values)


def drop(session: Session, case_ids: Sequence[int]) -> None:
    """Take cases out of the index at once."""
    if case_ids:
        key = "rowid" if _is_sqlite(session) else "case_id"
        gone = text(f"DELETE FROM {_INDEX} WHERE {key} IN :ids").bindparams(bindparam("ids", expanding=True))
        session.execute(gone, {"ids": list(case_ids)})


def tidy(session: Session) -> bool:
    """Have SQLite rewrite a part of the index, so that tokens of rows taken out are gone for good; True = more is left.

    PostgreSQL's vacuum does the like by itself.
    """
    if not _is_sqlite(session):
        return False
    before = session.execute(text("SELECT total_changes()")).scalar_one()
    session.execute(text(f"INSERT INTO {_INDEX} ({_INDEX}, rank) VALUES ('merge', 500)"))
    return int(session.execute(text("SELECT total_changes()")).scalar_one()) - int(before) > 1


@dataclass(frozen=True, slots=True)
class All:
    """Every one of ``parts`` (tokens, or :class:`Any_`) must be there."""

    parts: tuple[str | All | Some, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of ``parts`` must be there."""

    parts: tuple[str | All | Some, ...]


def newest(session: Session, wanted: All, low: int, high: int, limit: int) -> list[int]:
    """The highest case ids of ``low``–``high`` (inclusive, within one block) whose tokens fit, highest first."""
    return list(session.scalars(_query(_is_sqlite(session), wanted, low, high).limit(limit)))


def _query(sqlite: bool, wanted: All, low: int, high: int) -> Select[tuple[int]]:
    if sqlite:
        index = table(_INDEX, column("rowid", Integer))
        match = text(f"{_INDEX} MATCH :wanted").bindparams(wanted=_fts5(wanted))
        return select(index.c.rowid).where(match, index.c.rowid.between(low, high)).order_by(index.c.rowid.desc())
    index = table(_INDEX, column("case_id", BigInteger), column("words", Text))
    block = next(
        (token for token, low_token in zip(_blocks(high), _blocks(low), strict=True) if token == low_token), ""
    )
    narrowed = All((*wanted.parts, block)) if block else wanted
    match = text("words @@ CAST(:wanted AS tsquery)").bindparams(wanted=_tsquery(narrowed))
    # The sum keeps the planner from walking the primary key through cases that do not fit.
    number: ColumnElement[int] = index.c.case_id + literal_column("0")
    return select(index.c.case_id).where(match, number.between(low, high)).order_by(number.desc())


def _fts5(wanted: str | All | Some) -> str:
    if isinstance(wanted, str):
        return f'"{wanted}"'
    return "(" + (" AND " if isinstance(wanted, All) else " OR ").join(map(_fts5, wanted.parts)) + ")"


def _tsquery(wanted: str | All | Some) -> str:
    if isinstance(wanted, str):
        return f"'{wanted}'"
    return "(" + (" & " if isinstance(wanted, All) else " | ").join(map(_tsquery, wanted.parts)) + ")"


def _blocks(case_id: int) -> list[str]:
    return [f"§b{level}·{case_id >> bits}" for level, bits in enumerate(BLOCKS)]


def _run(connection: Connection, statement: str) -> None:
    connection.execute(DDL(statement))  # type: ignore[no-untyped-call]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# ---- What install() makes ------------------------------------------------------------------------------------------

# No positions (a longer word is looked for as all its pairs and then checked against the text), no sizes (no ranking).
# The ascii tokenizer takes every character above 127 as part of a token: ours come through as they are.
_SQLITE: Final = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {_INDEX} USING fts5(words, tokenize = 'ascii', detail = none, columnsize = 0)",
)
_POSTGRESQL: Final = (
    f"CREATE TABLE IF NOT EXISTS {_INDEX} (case_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    f"CREATE INDEX IF NOT EXISTS ix_search_index_words ON {_INDEX} USING gin (words) WITH (fastupdate = off)",
    """CREATE OR REPLACE FUNCTION search_mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
      INSERT INTO search_due (case_id) SELECT OLD.case_id WHERE OLD.case_id IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
      INSERT INTO search_due (case_id) SELECT NEW.case_id WHERE NEW.case_id IS NOT NULL
        AND (TG_OP = 'INSERT' OR NEW.case_id IS DISTINCT FROM OLD.case_id);
    END IF;
    RETURN NULL; END $$""",
    """CREATE OR REPLACE FUNCTION search_mark_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO search_due (case_id) VALUES (NEW.id);
    RETURN NULL; END $$""",
    """CREATE OR REPLACE FUNCTION search_hide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM search_index WHERE case_id = OLD.id;
    RETURN NULL; END $$""",
)
_OPERATIONS: Final = ("insert", "update", "delete")


def _names(connection: Connection) -> list[tuple[str, str]]:
    parts = [(f"search_{part}_{operation}", part) for part in _PARTS for operation in _OPERATIONS]
    cases = [f"search_cases_{operation}" for operation in ("insert", "update")]
    return [
        *parts,
        *((name, "cases") for name in cases),
        ("search_hide_update", "cases"),
        ("search_hide_delete", "cases"),
    ]


def _triggers(connection: Connection) -> list[str]:
    return _sqlite_triggers() if connection.dialect.name == "sqlite" else _postgresql_triggers()


def _sqlite_triggers() -> list[str]:
    def trigger(name: str, when: str, on: str, body: str) -> str:
        return f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {when} ON {on} BEGIN {body}; END"

    def mark(row: str) -> str:
        return f"INSERT INTO search_due (case_id) SELECT {row}.case_id WHERE {row}.case_id IS NOT NULL"

    made = []
    for part, columns in _PARTS.items():
        moved = f"{mark('OLD')} AND OLD.case_id IS NOT NEW.case_id; {mark('NEW')}"
        made += [
            trigger(f"search_{part}_insert", "INSERT", part, mark("NEW")),
            trigger(f"search_{part}_update", f"UPDATE OF {', '.join(columns)}", part, moved),
            trigger(f"search_{part}_delete", "DELETE", part, mark("OLD")),
        ]
    one = "INSERT INTO search_due (case_id) VALUES (NEW.id)"
    hide = f"DELETE FROM {_INDEX} WHERE rowid = OLD.id"
    return [
        *made,
        trigger("search_cases_insert", "INSERT", "cases", one),
        trigger("search_cases_update", f"UPDATE OF {', '.join(_CASES)}", "cases", one),
        trigger("search_hide_update", "UPDATE OF restricted", "cases", f"{hide} AND NEW.restricted"),
        trigger("search_hide_delete", "DELETE", "cases", hide),
    ]


def _postgresql_triggers() -> list[str]:
    def trigger(name: str, when: str, on: str, call: str, only: str = "") -> str:
        condition = f" WHEN ({only})" if only else ""
        return (
            f"CREATE OR REPLACE TRIGGER {name} AFTER {when} ON {on} FOR EACH ROW{condition} EXECUTE FUNCTION {call}()"
        )

    made = []
    for part, columns in _PARTS.items():
        made += [
            trigger(f"search_{part}_insert", "INSERT", part, "search_mark"),
            trigger(f"search_{part}_update", f"UPDATE OF {', '.join(columns)}", part, "search_mark"),
            trigger(f"search_{part}_delete", "DELETE", part, "search_mark"),
        ]
    return [
        *made,
        trigger("search_cases_insert", "INSERT", "cases", "search_mark_case"),
        trigger("search_cases_update", f"UPDATE OF {', '.join(_CASES)}", "cases", "search_mark_case"),
        trigger("search_hide_update", "UPDATE OF restricted", "cases", "search_hide", "NEW.restricted"),
        trigger("search_hide_delete", "DELETE", "cases", "search_hide"),
    ]


@event.listens_for(Base.metadata, "after_create")
def _with_the_tables(target: MetaData, connection: Connection, **_: Any) -> None:
    """Tables made without migrations (tests, tools) get their index, too."""
    install(connection)


@event.listens_for(Base.metadata, "before_drop")
def _before_the_tables(target: MetaData, connection: Connection, **_: Any) -> None:
    set_aside(connection)
    for name in (_INDEX, DUE.name):
        _run(connection, f"DROP TABLE IF EXISTS {name}")
