"""Alembic's entry: runs migrations on the engine that :mod:`handlers.records.migrate` hands over."""

from __future__ import annotations

from alembic import context

from handlers.records import Base
from handlers.records.fulltext import is_ours

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        include_name=is_ours,
        user_module_prefix="handlers.records.base.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
