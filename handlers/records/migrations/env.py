"""Alembic's entry: runs migrations on the engine that :mod:`handlers.records.migrate` hands over."""

from __future__ import annotations

from alembic import context

from handlers.records import Base
from handlers.records.compared import options

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    sqlite = connection.connection.dbapi_connection if connection.dialect.name == "sqlite" else None
    if sqlite is not None:
        # A table that is built anew is dropped in between; rows that point to it must not be asked about it then.
        sqlite.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        **options(connection.dialect.name),
        user_module_prefix="handlers.records.base.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if sqlite is not None:
        broken = sqlite.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows point to what is not there after the migration: {broken[:5]}")
        sqlite.execute("PRAGMA foreign_keys=ON")
