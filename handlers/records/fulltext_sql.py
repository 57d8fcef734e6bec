"""The search index's own SQL, the only place where SQLite and PostgreSQL are told different things.

Each database has one class with the same methods; :func:`dialect_of` gives the right one. What is asked of them, and
when: :mod:`handlers.records.fulltext`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)  # fmt: skip
from sqlalchemy.orm import Session

from handlers.records.fulltext_parts import INDEX, OF_CASES, OF_PARTS, All, Some, blocks


class Dialect(Protocol):
    """What one database is told. ``key`` is the column of the index that holds the case's id."""

    key: str
    known_triggers: str
    put: str

    def makes(self) -> Iterator[str]:
        """The statements that make the index and its triggers; each may be run again."""

    def drops(self, trigger: str, on: str) -> str:
        """The statement that drops a trigger of the table ``on``."""

    def only_one(self, session: Session) -> bool:
        """Whether this transaction alone may index."""

    def tidy(self, session: Session) -> bool:
        """Rewrite a part of the index without what was taken out; True = more is left."""

    def query(self, wanted: All, low: int, high: int) -> Select[tuple[int]]:
        """The case ids of ``low``-``high`` (inclusive, within one block) whose tokens fit, highest first."""


def dialect_of(bound: Session | Connection) -> Dialect:
    """What this database is told."""
    bind: Any = bound.get_bind() if isinstance(bound, Session) else bound
    return _SQLITE if bind.dialect.name == "sqlite" else _POSTGRESQL


class _Sqlite:
    """FTS5. No positions (a longer word is looked for as all its pairs and then checked against the text), no sizes
    (no ranking). The ascii tokenizer takes every character above 127 as part of a token: ours come through as they are.
    """

    key = "rowid"
    known_triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search\\_%' ESCAPE '\\'"
    put = f"INSERT OR REPLACE INTO {INDEX} (rowid, words) VALUES (:case_id, :words)"

    def makes(self) -> Iterator[str]:
        yield (
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} "
            "USING fts5(words, tokenize = 'ascii', detail = none, columnsize = 0)"
        )
        for part, columns in OF_PARTS.items():
            moved = f"{_mark('OLD')} AND OLD.case_id IS NOT NEW.case_id; {_mark('NEW')}"
            yield self._trigger(f"search_{part}_insert", "INSERT", part, _mark("NEW"))
            yield self._trigger(f"search_{part}_update", f"UPDATE OF {', '.join(columns)}", part, moved)
            yield self._trigger(f"search_{part}_delete", "DELETE", part, _mark("OLD"))
        one, hide = "INSERT INTO search_due (case_id) VALUES (NEW.id)", f"DELETE FROM {INDEX} WHERE rowid = OLD.id"
        yield self._trigger("search_cases_insert", "INSERT", "cases", one)
        yield self._trigger("search_cases_update", f"UPDATE OF {', '.join(OF_CASES)}", "cases", one)
        yield self._trigger("search_hide_update", "UPDATE OF restricted", "cases", f"{hide} AND NEW.restricted")
        yield self._trigger("search_hide_delete", "DELETE", "cases", hide)

    def drops(self, trigger: str, on: str) -> str:
        return f"DROP TRIGGER IF EXISTS {trigger}"

    def only_one(self, session: Session) -> bool:
        return True  # a write transaction is alone anyway

    def tidy(self, session: Session) -> bool:
        before = session.execute(text("SELECT total_changes()")).scalar_one()
        session.execute(text(f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('merge', 500)"))
        return int(session.execute(text("SELECT total_changes()")).scalar_one()) - int(before) > 1

    def query(self, wanted: All, low: int, high: int) -> Select[tuple[int]]:
        index = table(INDEX, column("rowid", Integer))
        match = text(f"{INDEX} MATCH :wanted").bindparams(wanted=_spelt(wanted, '"', " AND ", " OR "))
        return select(index.c.rowid).where(match, index.c.rowid.between(low, high)).order_by(index.c.rowid.desc())

    def _trigger(self, name: str, when: str, on: str, body: str) -> str:
        return f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {when} ON {on} BEGIN {body}; END"


class _Postgresql:
    """A ``tsvector`` under GIN, filled with our tokens as they are; triggers call functions."""

    key = "case_id"
    known_triggers = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search\\_%' AND NOT tgisinternal"
    put = (
        f"INSERT INTO {INDEX} (case_id, words) VALUES (:case_id, array_to_tsvector(string_to_array(:words, ' '))) "
        "ON CONFLICT (case_id) DO UPDATE SET words = excluded.words"
    )

    def makes(self) -> Iterator[str]:
        yield f"CREATE TABLE IF NOT EXISTS {INDEX} (case_id bigint PRIMARY KEY, words tsvector NOT NULL)"
        yield f"CREATE INDEX IF NOT EXISTS ix_search_index_words ON {INDEX} USING gin (words) WITH (fastupdate = off)"
        yield from _FUNCTIONS
        for part, columns in OF_PARTS.items():
            yield self._trigger(f"search_{part}_insert", "INSERT", part, "search_mark")
            yield self._trigger(f"search_{part}_update", f"UPDATE OF {', '.join(columns)}", part, "search_mark")
            yield self._trigger(f"search_{part}_delete", "DELETE", part, "search_mark")
        yield self._trigger("search_cases_insert", "INSERT", "cases", "search_mark_case")
        yield self._trigger("search_cases_update", f"UPDATE OF {', '.join(OF_CASES)}", "cases", "search_mark_case")
        yield self._trigger("search_hide_update", "UPDATE OF restricted", "cases", "search_hide", "NEW.restricted")
        yield self._trigger("search_hide_delete", "DELETE", "cases", "search_hide")

    def drops(self, trigger: str, on: str) -> str:
        return f"DROP TRIGGER IF EXISTS {trigger} ON {on}"

    def only_one(self, session: Session) -> bool:
        return bool(session.scalar(select(func.pg_try_advisory_xact_lock(0x48594653))))

    def tidy(self, session: Session) -> bool:
        return False  # vacuum does the like by itself

    def query(self, wanted: All, low: int, high: int) -> Select[tuple[int]]:
        index = table(INDEX, column("case_id", BigInteger), column("words", Text))
        both = zip(blocks(high), blocks(low), strict=True)
        block = next((token for token, low_token in both if token == low_token), "")
        narrowed = All((*wanted.parts, block)) if block else wanted
        match = text("words @@ CAST(:wanted AS tsquery)").bindparams(wanted=_spelt(narrowed, "'", " & ", " | "))
        # The sum keeps the planner from walking the primary key through cases that do not fit.
        number: ColumnElement[int] = index.c.case_id + literal_column("0")
        return select(index.c.case_id).where(match, number.between(low, high)).order_by(number.desc())

    def _trigger(self, name: str, when: str, on: str, call: str, only: str = "") -> str:
        condition = f" WHEN ({only})" if only else ""
        return (
            f"CREATE OR REPLACE TRIGGER {name} AFTER {when} ON {on} FOR EACH ROW{condition} EXECUTE FUNCTION {call}()"
        )


def _mark(row: str) -> str:
    return f"INSERT INTO search_due (case_id) SELECT {row}.case_id WHERE {row}.case_id IS NOT NULL"


def _spelt(wanted: str | All | Some, quote: str, both: str, either: str) -> str:
    """A question in a database's own query language; tokens need no escaping in any."""
    if isinstance(wanted, str):
        return f"{quote}{wanted}{quote}"
    parts: Sequence[str] = [_spelt(part, quote, both, either) for part in wanted.parts]
    return "(" + (both if isinstance(wanted, All) else either).join(parts) + ")"


_FUNCTIONS: Final = (
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
_SQLITE: Final = _Sqlite()
_POSTGRESQL: Final = _Postgresql()
