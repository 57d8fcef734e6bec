"""Putting an archive back into an empty database of either kind: all of it, verified, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, bindparam, func, insert, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from handlers.attachments.store import AttachmentStore
from handlers.backup.read import Archive, FileTally, Manifest, checked, open_archive
from handlers.backup.rows import Digest, digest
from handlers.backup.shape import Progress, Shape
from handlers.errors import BackupFault, InvalidInput
from handlers.records.database import Database
from handlers.records.migrate import current_revision, knows, upgrade

_AT_ONCE = 500


def restore(path: Path, database: Database, data_dir: Path, progress: Progress = lambda *_: None) -> Manifest:
    """Restore the archive ``path``; return its manifest. Raises BackupFault, leaving the database empty.

    The database is brought to the archive's schema first and to this release's afterwards. Files go below
    ``data_dir``; they lie under their hash, so that one left by a failed try does no harm.
    """
    with open_archive(path) as archive:
        _prepare(database, archive)
        try:
            with database.engine.execution_options(huiying_write=True).begin() as connection:
                manifest = _Restoring(connection, archive, AttachmentStore(data_dir), progress).run()
        except SQLAlchemyError as fault:
            # The driver's message can carry the row itself.
            raise BackupFault(
                f"The database refused a row ({type(fault).__name__}); nothing was restored. Is it empty, and has it "
                "room enough?"
            ) from fault
        except InvalidInput as fault:
            raise BackupFault(str(fault)) from fault
    upgrade(database)
    return manifest


def _prepare(database: Database, archive: Archive) -> None:
    revision = archive.header.revision
    if not knows(revision):
        raise BackupFault(f"The archive's schema {revision!r} is unknown here: restore it with a newer release.")
    present = current_revision(database)
    if present not in ("", revision):
        raise BackupFault(f"The database has the schema {present!r}, the archive {revision!r}: give an empty database.")
    upgrade(database, revision)
    with database.engine.connect() as connection:
        for shape in archive.header.shapes:
            if connection.execute(select(func.count()).select_from(shape.table())).scalar_one():
                raise BackupFault(f"The table {shape.name} already has rows: restore into an empty database.")


@dataclass
class _Filling:
    """One table while its rows come in. ``later`` are references to rows of the same table, set at its end."""

    shape: Shape
    table: Table
    own_references: tuple[str, ...]
    rows: int = 0
    seen: Any = field(default_factory=hashlib.sha256)
    later: list[dict[str, Any]] = field(default_factory=list)


class _Restoring:
    def __init__(self, connection: Connection, archive: Archive, store: AttachmentStore, progress: Progress) -> None:
        self._connection, self._archive, self._store, self._progress = connection, archive, store, progress
        inspector = inspect(connection)
        self._filling = {
            shape.name: _Filling(shape, shape.table(), _own_references(inspector, shape.name))
            for shape in archive.header.shapes
        }
        self._done = 0

    def run(self) -> Manifest:
        files = FileTally()
        for name, file in self._archive.parts():
            if name in self._filling:
                self._insert(self._filling[name], file)
            else:
                self._store.put_chunks(name, _blocks(file))
                files.add(name)
                self._progress("files", files.files, 0)
        for filling in self._filling.values():
            self._refer(filling)
        found = {name: Digest(f.rows, f.seen.hexdigest()) for name, f in self._filling.items()}
        manifest = checked(self._archive, found, files)
        self._look_again(manifest)
        if self._connection.dialect.name == "postgresql":
            self._reset_sequences()
        return manifest

    def _insert(self, filling: _Filling, file: Iterable[bytes]) -> None:
        lines = iter(file)
        statement = insert(filling.table)
        while batch := list(islice(lines, _AT_ONCE)):
            rows = []
            for line in batch:
                filling.seen.update(line)
                rows.append(self._row(filling, line))
            self._connection.execute(statement, rows)
            filling.rows += len(rows)
            self._done += len(rows)
            self._progress("rows", self._done, self._archive.header.rows)

    def _row(self, filling: _Filling, line: bytes) -> dict[str, Any]:
        try:
            row = filling.shape.row(line)
        except ValueError as fault:
            raise BackupFault(f"A row of {filling.shape.name} cannot be read: take another archive.") from fault
        own = {name: row[name] for name in filling.own_references if row[name] is not None}
        if own:
            row |= dict.fromkeys(own)
            own_values = {f"v_{name}": own.get(name) for name in filling.own_references}
            filling.later.append({**{f"k_{k}": row[k] for k in filling.shape.key}, **own_values})
        return row

    def _refer(self, filling: _Filling) -> None:
        """Set the references within one table, now that all its rows are there."""
        if not filling.later:
            return
        columns = filling.table.c
        statement = update(filling.table).values({name: bindparam(f"v_{name}") for name in filling.own_references})
        for name in filling.shape.key:
            statement = statement.where(columns[name] == bindparam(f"k_{name}"))
        self._connection.execute(statement, filling.later)
        filling.later.clear()

    def _look_again(self, manifest: Manifest) -> None:
        """What the database now holds, read back, must be what was saved."""
        for filling in self._filling.values():
            if digest(self._connection, filling.shape) != manifest.tables[filling.shape.name]:
                raise BackupFault(f"The table {filling.shape.name} reads back differently; nothing was restored.")

    def _reset_sequences(self) -> None:
        for filling in self._filling.values():
            if filling.shape.key == ("id",) and filling.rows:
                self._connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                    {"name": filling.shape.name, "last": self._last_id(filling)},
                )

    def _last_id(self, filling: _Filling) -> int:
        return int(self._connection.execute(select(func.max(filling.table.c.id))).scalar_one())


def _own_references(inspector: Any, table: str) -> tuple[str, ...]:
    keys = inspector.get_foreign_keys(table)
    return tuple(column for key in keys if key["referred_table"] == table for column in key["constrained_columns"])


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block
