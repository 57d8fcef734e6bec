"""Bulk ways into the two databases, past the ORM: rows in portions, and copies of what is there further on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from handlers.records import Base
from handlers.records.base import Instant
from handlers.records.database import Database
from handlers.records.fulltext_parts import BLOCKS

_TABLES: Final = (
    "citizen", "cases", "message", "label", "clock", "case_event", "reply", "delivery", "case_contact",
)  # fmt: skip


def _copied(table: str, shift: int, sqlite: bool, seconds: int) -> tuple[str, str]:
    """The columns of a table, and what a copy further on has in them."""
    number = (
        f"strftime('%Y%m%d', opened_at, '{seconds} seconds') || printf('-%07d', id + {shift})"
        if sqlite
        else f"to_char(opened_at + interval '{seconds} seconds', 'YYYYMMDD-') || lpad((id + {shift})::text, 7, '0')"
    )
    moved = ("case_id", "message_id", "reply_id", "first_message_id", "citizen_id")
    outer = f"CAST(id + {shift} AS TEXT)"
    own = {name: f"{name} + {shift}" for name in moved} | {
        "id": f"id + {shift * (3 if table == 'case_event' else 1)}", "number": number, "receipt_number": "''",
        "external_id": outer, "sender_id": f"'s' || {outer}" if table == "citizen" else "sender_id",
    }  # fmt: skip
    columns, values = list[str](), list[str]()
    for column in Base.metadata.tables[table].columns:
        columns.append(column.name)
        later = (
            f"strftime('%Y-%m-%d %H:%M:%S.000000', {column.name}, '{seconds} seconds')"
            if sqlite
            else f"{column.name} + interval '{seconds} seconds'"
        )
        values.append(own.get(column.name, later if isinstance(column.type, Instant) else column.name))
    return ", ".join(columns), ", ".join(values)


def _value(value: Any, sqlite: bool) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if sqlite and isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


class IntoSqlite:
    """Into a file."""

    def __init__(self, database: Database) -> None:
        self._connection = sqlite3.connect(str(database.url.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-400000"):
            self._connection.execute(f"PRAGMA {pragma}")

    def write(self, rows: Iterator[tuple[str, dict[str, Any]]]) -> None:
        """Store (table, row)."""
        tables: dict[str, list[dict[str, Any]]] = {}
        for table, row in rows:
            tables.setdefault(table, []).append(row)
        self._connection.execute("BEGIN")
        for table, found in tables.items():
            if table == "search_index":
                index = [(row["case_id"], " ".join(row["words"])) for row in found]
                self._connection.executemany("INSERT INTO search_index (rowid, words) VALUES (?, ?)", index)
                continue
            columns = list(found[0])
            marks = ", ".join("?" * len(columns))
            values = [[_value(row[name], True) for name in columns] for row in found]
            self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
        self._connection.execute("COMMIT")

    def copy(self, shift: int, most: int, later: timedelta) -> None:
        """Store the first ``most`` cases again, with ids ``shift`` higher, so much later."""
        self._connection.execute("BEGIN")
        for table in _TABLES:
            columns, values = _copied(table, shift, True, int(later.total_seconds()))
            key = "case_id" if table == "case_event" else "id"
            self._connection.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {key} <= {most}"
            )
        self._connection.execute(
            f"INSERT INTO search_index (rowid, words) SELECT rowid + {shift}, words FROM search_index "
            f"WHERE rowid <= {most}"
        )
        self._connection.execute("COMMIT")

    def finish(self) -> None:
        """Build what was left for the end, and close."""
        self._connection.close()


class IntoPostgres:
    """Into a server's database, with the index of words built at the end."""

    def __init__(self, database: Database) -> None:
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("SET synchronous_commit = off")
        self._connection.execute("DROP INDEX IF EXISTS ix_search_index_words")

    def write(self, rows: Iterator[tuple[str, dict[str, Any]]]) -> None:
        """Store (table, row)."""
        tables: dict[str, list[dict[str, Any]]] = {}
        for table, row in rows:
            tables.setdefault(table, []).append(row)
        for table, found in tables.items():
            columns = list(found[0])
            with self._connection.cursor() as cursor, cursor.copy(
                f'COPY {table} ({", ".join(columns)}) FROM STDIN'
            ) as copy:  # fmt: skip
                for row in found:
                    if table == "search_index":
                        copy.write_row((row["case_id"], "'" + "' '".join(" ".join(row["words"]).split()) + "'"))
                    else:
                        copy.write_row([_value(row[name], False) for name in columns])

    def copy(self, shift: int, most: int, later: timedelta) -> None:
        """Store the first ``most`` cases again, with ids ``shift`` higher, so much later."""
        for table in _TABLES:
            columns, values = _copied(table, shift, False, int(later.total_seconds()))
            key = "case_id" if table == "case_event" else "id"
            self._connection.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {key} <= {most}"
            )
        before, after = (
            "ARRAY[" + ", ".join(f"'§b{n}·' || (({of}) >> {bits})" for n, bits in enumerate(BLOCKS)) + "]"
            for of in ("case_id", f"case_id + {shift}")
        )
        self._connection.execute(
            f"INSERT INTO search_index (case_id, words) SELECT case_id + {shift}, "
            f"ts_delete(words, {before}) || array_to_tsvector({after}) FROM search_index WHERE case_id <= {most}"
        )

    def finish(self) -> None:
        """Build what was left for the end, and close."""
        self._connection.execute("SET maintenance_work_mem = '512MB'")
        self._connection.execute(
            "CREATE INDEX ix_search_index_words ON search_index USING gin (words) WITH (fastupdate = off)"
        )
        for table in _TABLES:
            self._connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        self._connection.close()
