"""What every test may use: databases of both kinds, the core over one of them, a frozen clock."""

from __future__ import annotations

import gc
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from handlers.core import Core, Policy
from handlers.deadlines.seed import seed_days
from handlers.deadlines.workdays import WorkCalendar
from handlers.organisation.load import shipped
from handlers.records.database import Database
from handlers.records.ledger import Ledger
from handlers.records.migrate import upgrade
from handlers.records.vault import Vault, new_key
from handlers.understanding.factory import build

#: Trained once for all tests, and once only while nothing changes that a model is made from.
MODELS = Path(__file__).parent.parent / "var" / "models"
os.environ.setdefault("HUIYING_MODEL_DIR", str(MODELS))

POSTGRES_URL = os.environ.get("HUIYING_TEST_POSTGRES_URL", "")
NOTHING_SKIPPED = bool(os.environ.get("HUIYING_TEST_NOTHING_SKIPPED"))

#: Sunday evening before a working week, Shanghai: 2026-11-23 09:14.
NOW = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Five thousand tests stay to the end: looking through them for garbage again and again is a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped and why, a line each."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    for reason, number in reasons.items():
        terminalreporter.write_line(f"{number} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture
def now() -> datetime:
    """The frozen instant of the tests: a Monday morning in Shanghai."""
    return NOW


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Let the engines of all tests share their compiled statements: compiling anew was a third of the time."""
    first: dict[str, Engine] = {}

    def sharing(url: URL, **options: Any) -> Engine:
        engine = create_engine(url, **options, query_cache_size=5000)
        if kept := first.get(engine.name):
            engine.dialect, engine._compiled_cache = kept.dialect, kept._compiled_cache
        else:
            with suppress(DBAPIError):
                engine.connect().close()  # a dialect learns from its first connection what the server can do
                first[engine.name] = engine
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handlers.records.database.create_engine", sharing)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """The name of a migrated, empty PostgreSQL database to copy."""
    if not POSTGRES_URL:
        if NOTHING_SKIPPED:
            pytest.fail("HUIYING_TEST_POSTGRES_URL is not set, and nothing may be skipped here")
        pytest.skip("no PostgreSQL server (HUIYING_TEST_POSTGRES_URL is not set)")
    name = f"huiying_template_{uuid.uuid4().hex[:8]}"
    _admin(f'CREATE DATABASE "{name}"')
    database = Database(_url(name))
    upgrade(database)
    database.dispose()
    yield name
    _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database."""
    path = tmp_path / "huiying.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_template: str) -> Iterator[str]:
    """The address of a fresh PostgreSQL database, dropped afterwards."""
    name = f"huiying_{uuid.uuid4().hex[:12]}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template}" STRATEGY FILE_COPY')  # four times as quick
    yield _url(name)
    _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh, migrated database of each kind."""
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    yield database
    database.dispose()


def _url(name: str) -> str:
    return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)


def _admin(statement: str) -> None:
    engine = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def work_calendar() -> WorkCalendar:
    """The calendar that ships."""
    return WorkCalendar(seed_days())


@pytest.fixture
def core(database: Database, work_calendar: WorkCalendar) -> Core:
    """The rooms' equipment over a fresh database, with the Hohhot profile and the rules as understanding."""
    profile = shipped("hohhot-2018")
    return Core(
        database,
        Vault(new_key()),
        Ledger(new_key()),
        lambda: profile,
        lambda: work_calendar,
        build("rules"),
        Policy(base_url="https://mz.example", push_channels=frozenset({"wechat"})),
        duty_reachable=lambda: True,
    )
