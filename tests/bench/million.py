"""A house with a million cases for the benches: generated once, kept under ``var/bench`` (and on the server) for reuse.

Nine years of letters with their labels, limits, events, answers and deliveries; one case in a hundred is open. The
stories of `letters.py` are each used by some fifty cases.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, make_url, text

from bot.commands.installing import prepare
from handlers.accounts import officers
from handlers.accounts.roles import Role
from handlers.casework.access import staff_of
from handlers.core import Core, Policy
from handlers.deadlines.calendar_store import CalendarStore
from handlers.guides.shelf import GuideShelf
from handlers.guides.store import approve, entries
from handlers.neighbours.keep import keep_new
from handlers.records import Officer, fulltext
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from tests.bench.bulk import IntoPostgres, IntoSqlite
from tests.bench.letters import BLOCK, FIRST, NOW, PROFILE, VAULT, case_rows, stories
from tests.bench.stock import POSTGRES_URL, ReadsNothing, kinds

FOLDER: Final = Path("var") / "bench"
LEDGER: Final = Ledger("bench")
PASSWORD: Final = "bench-2026-password"
_POLICY: Final = Policy(push_channels=frozenset({"wechat"}), window_channels=frozenset({"wechat"}))
_MADE: Final = 5  # counted up when what is generated changes
_STORIES: Final = 20_000


def house_of(count: int, kind: str) -> Core:
    """A core over ``count`` generated cases on ``sqlite`` or ``postgresql``; built when it is not there yet."""
    label = f"{count}_{_MADE}"
    core = _core(label, kind)
    if _count(core.database) != count:
        started, there = time.perf_counter(), _there(core.database)
        if there != count - count // 50 and (there % max(BLOCK, count // 10) or there > count - count // 50):
            core.database.dispose()
            _drop(label, kind)
            core, there = _core(label, kind), 0
        _build(core, count, there)
        print(f"{kind}: {count:,} cases built in {time.perf_counter() - started:,.0f} s", flush=True)
    while keep_new(core, NOW):  # the letters of the last weeks have their sketches, as the job keeps them
        pass
    return core


def _core(label: str, kind: str) -> Core:
    url = f"sqlite:///{FOLDER / f'cases_{label}.db'}" if kind == "sqlite" else _server_url(f"huiying_bench_{label}")
    database = Database(url)
    profile = prepare(database, PROFILE)
    calendar, guides = CalendarStore(database), GuideShelf(database)
    return Core(database, VAULT, LEDGER, profile, calendar, ReadsNothing(), _POLICY, guides=guides)


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
    load = IntoSqlite(core.database) if core.database.is_sqlite else IntoPostgres(core.database)
    told, chance = stories(min(count, _STORIES)), random.Random(27)

    def generate(first: int, last: int) -> None:
        for start in range(first, last + 1, BLOCK):
            numbers = range(start, min(start + BLOCK, last + 1))
            load.write(row for n in numbers for row in case_rows(n, count, chance.choice(told), chance))

    base, tail = max(BLOCK, count // 10), count - count // 50
    if not there:
        generate(1, base)
    for shift in range(max(base, there), tail, base):
        load.copy(shift, min(base, tail - shift), (NOW - FIRST) * (shift / count))
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
        office = staff_of(session.get_one(Officer, 1))
        for draft in [entry.draft.row for entry in entries(session) if entry.draft is not None]:
            draft.written_at = min(draft.written_at, NOW)
            approve(session, core, office, draft.id, draft.revision, NOW)


def main() -> None:
    """Build the million on every database that can be had here (``BENCH_COUNT`` changes the number)."""
    count = int(os.environ.get("BENCH_COUNT", 1_000_000))
    for kind in kinds():
        house_of(count, kind).database.dispose()


if __name__ == "__main__":
    main()
