"""Bringing a database to this release's schema, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from handlers.records import fulltext
from handlers.records.database import Database

_HERE = Path(__file__).parent / "migrations"


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every migration up to ``revision`` that the database has not seen; safe to call on each start.

    The search index's triggers are taken off a table that may be rebuilt, and put back when all is done: they speak of
    columns of this release, so a database that stops at an earlier revision has none.
    """
    wanted = wanted_revision()
    if current_revision(database) != (wanted if revision == "head" else revision):
        with database.engine.begin() as connection:
            fulltext.set_aside(connection)
        command.upgrade(_config(database), revision)
    if current_revision(database) != wanted:
        return
    with database.engine.begin() as connection:
        if not fulltext.installed(connection):
            fulltext.install(connection)


def wanted_revision() -> str:
    """The revision this release needs."""
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def knows(revision: str) -> bool:
    """Whether this release knows the schema ``revision``."""
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return any(script.revision == revision for script in ScriptDirectory.from_config(config).walk_revisions())


def current_revision(database: Database) -> str:
    """The revision the database is at ("" = none yet)."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""
