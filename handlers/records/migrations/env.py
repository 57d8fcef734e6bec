"""Alembic's entry: runs migrations on the engine that :mod:`handlers.records.migrate` hands over."""

from __future__ import annotations

from alembic import context

from handlers.records import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        user_module_prefix="handlers.records.base.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
