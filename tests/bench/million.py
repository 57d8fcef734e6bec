"""A house with a million cases for the benches: generated once, kept under ``var/bench`` (and on the server) for reuse.

Nine years of letters with their labels, limits, events, answers and deliveries; one case in a hundred is open. The
texts are clauses of the corpus strung together, each used by some fifty cases: no person's words.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import psycopg
from sqlalchemy import create_engine, make_url, text

from handlers.accounts import officers
from handlers.accounts.roles import Role
from handlers.casework.states import OWING_STATES
from handlers.core import Core
from handlers.deadlines.seed import seed_calendar
from handlers.organisation.load import shipped
from handlers.records import Base, fulltext
from handlers.records.base import Instant
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.migrate import upgrade
from handlers.records.vault import Vault
from handlers.search.document import facets
from handlers.search.tokens import person_tokens, tokens
from handlers.taxonomy import KINDS, TOPICS
from handlers.understanding.training.examples import shipped as corpus
from tests.bench.stock import POSTGRES_URL, ReadsNothing

FOLDER: Final = Path("var") / "bench"
NOW: Final = datetime(2026, 12, 28, 2, tzinfo=UTC)
PROFILE: Final = shipped("hohhot-2018")
VAULT: Final = Vault("YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=")
LEDGER: Final = Ledger("bench")
PASSWORD: Final = "bench-2026-password"
_FIRST: Final = datetime(2018, 1, 2, 1, tzinfo=UTC)
_MADE: Final = 4  # counted up when what is generated changes
_CHUNK: Final = 5000
_LETTERS_APART: Final = 1250  # between two letters of one person: everybody writes four
_TABLES: Final = (
    "citizen", "cases", "message", "label", "clock", "case_event", "reply", "delivery", "case_contact",
)  # fmt: skip
_STORIES: Final = 20_000
_GIVEN: Final = ("建国", "秀英", "其木格", "志强", "丽华", "桂兰", "海燕", "文静", "国庆", "玉梅")
_NAMES: Final = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"


def house_of(count: int, kind: str) -> Core:
    """A core over ``count`` generated cases on ``sqlite`` or ``postgresql``; built when it is not there yet."""
    label = f"{count}_{_MADE}"
    core = _core(label, kind)
    if _count(core.database) != count:
        started, there = time.perf_counter(), _there(core.database)
        if there != count - count // 50 and (there % max(_CHUNK, count // 10) or there > count - count // 50):
            core.database.dispose()
            _drop(label, kind)
            core, there = _core(label, kind), 0
        _build(core, count, there)
        print(f"{kind}: {count:,} cases built in {time.perf_counter() - started:,.0f} s", flush=True)
    return core


def _core(label: str, kind: str) -> Core:
    url = f"sqlite:///{FOLDER / f'cases_{label}.db'}" if kind == "sqlite" else _server_url(f"huiying_bench_{label}")
    database = Database(url)
    upgrade(database)
    return Core(database, VAULT, LEDGER, lambda: PROFILE, seed_calendar, ReadsNothing())


def _drop(label: str, kind: str) -> None:
    """What a build that was broken off left behind."""
    if kind == "sqlite":
        for path in FOLDER.glob(f"cases_{label}.db*"):
            path.unlink()
        return
    engine = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "huiying_bench_{label}" WITH (FORCE)'))
    engine.dispose()


def _server_url(name: str) -> str:
    engine = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if not known:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)


def _count(database: Database) -> int:
    with database.read() as session:
        done = session.scalar(text("SELECT count(*) FROM erasure WHERE what = 'bench'"))
        return int(session.scalar(text("SELECT max(id) FROM cases")) or 0) if done else -1


def _there(database: Database) -> int:
    with database.read() as session:
        return int(session.scalar(text("SELECT max(id) FROM cases")) or 0)


def _build(core: Core, count: int, there: int) -> None:
    """A tenth is generated, the years between are copies of it with numbers and days of their own, the end is new.

    ``there``: so many are there already, from a build that was broken off between two copies.
    """
    with core.database.engine.begin() as connection:
        fulltext.set_aside(connection)
    if not there:
        _people(core)
    load = _Sqlite(core.database) if core.database.is_sqlite else _Postgres(core.database)
    stories, chance = _stories(min(count, _STORIES)), random.Random(27)

    def generate(first: int, last: int) -> None:
        for start in range(first, last + 1, _CHUNK):
            numbers = range(start, min(start + _CHUNK, last + 1))
            load.write(row for n in numbers for row in _case(n, count, chance.choice(stories), chance))

    base, tail = max(_CHUNK, count // 10), count - count // 50
    if not there:
        generate(1, base)
    for shift in range(max(base, there), tail, base):
        load.copy(shift, min(base, tail - shift), (NOW - _FIRST) * (shift / count))
        print(f"  {shift + base:,}", end="", flush=True)
    generate(tail + 1, count)
    print()
    load.finish()
    with core.database.engine.begin() as connection:
        fulltext.install(connection)
    done = text("INSERT INTO erasure (at, what, rule, rows, by) VALUES (:at, 'bench', 'bench', 0, 'bench')")
    with core.database.write() as session:
        session.execute(done.bindparams(at="2026-12-28 02:00:00.000000" if core.database.is_sqlite else NOW))
    with core.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(text("PRAGMA optimize" if core.database.is_sqlite else "VACUUM"))


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


def _people(core: Core) -> None:
    """An office clerk (1), a recipient of reports (2), a head (3), and an officer for each section (from 4 on)."""
    codes = [section.code for section in PROFILE.sections]
    with core.database.write() as session:

        def add(login: str, role: Role, section: str, **more: Any) -> None:
            officers.add(
                session, login=login, name=login, role=role, section=section, sections=set(codes), now=NOW,
                password=PASSWORD, **more,
            )  # fmt: skip

        add("office", Role.OFFICE, "general_office")
        add("recipient", Role.OFFICE, "general_office", receives_reports=True)
        add("head", Role.HEAD, "welfare")
        for code in codes:
            add(f"o-{code}", Role.OFFICER, code)


@dataclass(frozen=True, slots=True)
class _Story:
    """What many cases have in common: the words, the answer, the person, and the tokens these are found by."""

    words: str
    answer: str
    contact: dict[str, str]
    found_by: str


def _stories(count: int) -> list[_Story]:
    chance = random.Random(26)
    clauses = [part for example in corpus().learned for part in example.text.split("，") if 6 <= len(part) <= 40]
    made = []
    for n in range(count):
        words = "，".join(chance.choices(clauses, k=chance.randint(3, 9)))
        answer = f"您好，您反映的“{words[:20]}”已办好，" + words[-30:]
        name, phone = chance.choice(_NAMES) + chance.choice(_GIVEN), f"139{n:08d}"
        contact = {"name": VAULT.seal(name), "phone": VAULT.seal(phone), "phone_index": VAULT.index(phone)}
        found_by = tokens(words) | tokens(answer) | set(person_tokens(VAULT, name, phone))
        made.append(_Story(words, answer, contact, " ".join(found_by)))
    return made


def _case(n: int, count: int, story: _Story, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    at = _FIRST + (NOW - _FIRST) * (n / count) - timedelta(minutes=1)
    is_open, restricted = n > count - count // 100, n % 2000 == 7
    section = PROFILE.sections[chance.choice((0, 1, 1, 2, 2, 2, *range(len(PROFILE.sections)))) % len(PROFILE.sections)]
    state = chance.choice((*OWING_STATES, "answered")) if is_open else "closed"
    answered = None if is_open and state != "answered" else at + timedelta(days=3)
    number, source = f"{at:%Y%m%d}-{n:07d}", chance.choice(("wechat", "wechat", "web", "phone", "hotline_12345"))
    place = (n - 1) % _CHUNK
    writer = n - place + place % _LETTERS_APART
    if place < _LETTERS_APART:
        yield "citizen", _CITIZEN | {
            "id": n, "channel": source if source in ("wechat", "web") else "registration", "sender_id": f"s{n}",
            "first_seen_at": at, "last_inbound_at": at,
        }  # fmt: skip
    case = _CASE | {
        "id": n, "number": number, "query_code": _SEALED, "citizen_id": writer, "first_message_id": n,
        "channel": source if source in ("wechat", "web") else "registration", "source": source, "state": state,
        "subject": story.words[:40], "kind": chance.choice(list(KINDS)[:4]), "topic": chance.choice(list(TOPICS)),
        "urgent": n % 500 == 0, "section_code": None if state == "triage" else section.code,
        "officer_id": 4 + n % 10 if state not in ("triage", "assigned") else None,
        "restricted": restricted, "restricted_to": 2 if restricted else None, "sensitive": restricted,
        "outer_number": f"HX{n:08d}" if source == "hotline_12345" else "", "opened_at": at, "received_at": at,
        "next_due_at": at + timedelta(days=chance.randint(5, 40)) if is_open else None,
        "next_safe_due_at": at + timedelta(days=4) if is_open else None, "next_due_rule": "RX-02" if is_open else None,
        "answered_at": answered, "closed_at": None if is_open else at + timedelta(days=8),
        "result": "" if is_open else "policy_explained", "changed_at": at + timedelta(days=0 if is_open else 8),
        "last_inbound_at": at,
    }  # fmt: skip
    yield "cases", case
    yield "message", _MESSAGE | {
        "id": n, "channel": case["channel"], "external_id": str(n), "sender_id": f"s{writer}", "case_id": n,
        "text": story.words, "sent_at": at, "received_at": at, "processed_at": at, "receipt_number": number,
    }  # fmt: skip
    yield "label", _LABEL | {"id": n, "message_id": n, "kind": case["kind"], "topic": case["topic"], "at": at}
    yield "clock", _CLOCK | {
        "id": n, "case_id": n, "state": "running" if is_open else "met", "started_at": at,
        "legal_due": at + timedelta(days=14), "safe_due": at + timedelta(days=13), "met_at": answered,
    }  # fmt: skip
    for seq, (actor, action) in enumerate((("citizen", "opened"), ("system", "routed"), ("officer:4", "answer")), 1):
        event = {"case_id": n, "seq": seq, "at": at, "actor": actor, "action": action, "data": {}, "mac": "0" * 64}
        yield "case_event", {"id": 3 * n + seq, **event}
    if answered is not None:
        yield "reply", _REPLY | {
            "id": n, "case_id": n, "text": story.answer, "drafted_at": at, "issued_at": at, "drafted_by": 4,
            "issued_by": 4,
        }  # fmt: skip
        yield "delivery", _DELIVERY | {
            "id": n, "case_id": n, "reply_id": n, "channel": case["channel"], "text": story.answer, "created_at": at,
            "finished_at": at,
        }  # fmt: skip
    yield "case_contact", _CONTACT | {"id": n, "case_id": n, **story.contact}
    recent = n > count - count // 50  # what is older has been forgotten (handlers/neighbours/forget.py)
    for other in (n - 1, n - 2, n - 3) if recent and n % 4 == 0 else ():
        for one, two in ((n, other), (other, n)):
            yield "similar_pair", {"message_id": one, "other_id": two, "likeness": 0.6, "at": at}
    if not restricted:
        of_case = [*tokens(number), *tokens(case["outer_number"]), *facets(cast(Any, SimpleNamespace(**case)))]
        yield "search_index", {"case_id": n, "words": [story.found_by, *of_case, *fulltext._blocks(n)]}


def _plain(table: str) -> dict[str, Any]:
    """A row of the table with what every column is when nothing is said."""
    found: dict[str, Any] = {}
    for column in Base.metadata.tables[table].columns:
        default = getattr(column.default, "arg", None)
        value = default(None) if callable(default) else default
        found[column.name] = value if value is not None or column.nullable or column.primary_key else ""
    return found


_SEALED: Final = VAULT.seal("K7MR2QXT")
_CASE: Final = _plain("cases") | {"cooperating": [], "version": 3, "needs_person": False}
_MESSAGE: Final = _plain("message") | {"kind": "text", "state": "processed", "raw": b"", "details": {}}
_LABEL: Final = _plain("label") | {
    "confidence": {"kind": 0.9, "topic": 0.9}, "evidence": {}, "suggested": [], "needs_person": False, "model": "bench",
}  # fmt: skip
_CLOCK: Final = _plain("clock") | {"rule": "RX-02", "pauses": []}
_REPLY: Final = _plain("reply") | {"state": "issued", "purpose": "answer"}
_DELIVERY: Final = _plain("delivery") | {"purpose": "answer", "state": "sent", "sha256": "0" * 64}
_CITIZEN: Final = _plain("citizen")
_CONTACT: Final = _plain("case_contact") | {"role": "writer"}


def _value(value: Any, sqlite: bool) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if sqlite and isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


class _Sqlite:
    def __init__(self, database: Database) -> None:
        self._connection = sqlite3.connect(str(database.url.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "cache_size=-400000"):
            self._connection.execute(f"PRAGMA {pragma}")

    def write(self, rows: Iterator[tuple[str, dict[str, Any]]]) -> None:
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
        self._connection.close()


class _Postgres:
    def __init__(self, database: Database) -> None:
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("SET synchronous_commit = off")
        self._connection.execute("DROP INDEX IF EXISTS ix_search_index_words")

    def write(self, rows: Iterator[tuple[str, dict[str, Any]]]) -> None:
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
        for table in _TABLES:
            columns, values = _copied(table, shift, False, int(later.total_seconds()))
            key = "case_id" if table == "case_event" else "id"
            self._connection.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {key} <= {most}"
            )
        before, after = (
            "ARRAY[" + ", ".join(f"'§b{n}·' || (({of}) >> {bits})" for n, bits in enumerate(fulltext.BLOCKS)) + "]"
            for of in ("case_id", f"case_id + {shift}")
        )
        self._connection.execute(
            f"INSERT INTO search_index (case_id, words) SELECT case_id + {shift}, "
            f"ts_delete(words, {before}) || array_to_tsvector({after}) FROM search_index WHERE case_id <= {most}"
        )

    def finish(self) -> None:
        self._connection.execute("SET maintenance_work_mem = '512MB'")
        self._connection.execute(
            "CREATE INDEX ix_search_index_words ON search_index USING gin (words) WITH (fastupdate = off)"
        )
        for table in _TABLES:
            self._connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        self._connection.close()


def main() -> None:
    """Build the million on every database that can be had here (``BENCH_COUNT`` changes the number)."""
    count = int(os.environ.get("BENCH_COUNT", 1_000_000))
    for kind in kinds():
        house_of(count, kind).database.dispose()


def kinds() -> list[str]:
    """The databases that can be had here."""
    chosen = os.environ.get("BENCH_KINDS", "sqlite postgresql").split()
    if not POSTGRES_URL and "postgresql" in chosen:
        print("no PostgreSQL: set BENCH_POSTGRES_URL to measure it too")
        chosen.remove("postgresql")
    return chosen


if __name__ == "__main__":
    main()
