"""Making the archive: one consistent snapshot, written whole or not at all, with flat memory."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, union

from handlers.attachments.store import FOLDER, AttachmentStore
from handlers.backup.read import forget_members
from handlers.backup.rows import Digest, count, lines, snapshot
from handlers.backup.shape import FORMAT, KEYS_NOTE, Progress, Shape, shapes
from handlers.errors import BackupFault
from handlers.records import Attachment, Document
from handlers.records.database import Database
from handlers.records.migrate import current_revision, wanted_revision

#: The hashes of every file that a row names, each once.
_KEPT = union(
    select(Attachment.sha256).where(Attachment.state == "stored", Attachment.sha256 != ""),
    select(Document.sha256).where(Document.sha256 != ""),
).subquery()
_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Saved:
    """What an archive holds; ``missing`` are hashes of files that the rows name but the disk does not have."""

    tables: dict[str, Digest]
    files: int
    file_bytes: int
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(digest.rows for digest in self.tables.values())


def backup(
    database: Database, data_dir: Path, target: Path, now: datetime, progress: Progress = lambda *_: None
) -> Saved:
    """Write everything but the keys to ``target`` (readable by its owner alone). Raises BackupFault.

    Others may go on working: the archive shows the moment it was begun.
    """
    if current_revision(database) != wanted_revision():
        raise BackupFault("The database has another release's schema: run `huiying init` first.")
    partial = target.with_name(target.name + ".partial")
    try:
        with open(partial, "xb", opener=_private) as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                saved = _Writer(tar, AttachmentStore(data_dir), now, progress).write(database)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    except FileExistsError as fault:
        raise BackupFault(f"{partial} is there: another backup runs, or one was cut off; remove it then.") from fault
    except OSError as fault:
        partial.unlink(missing_ok=True)
        raise BackupFault(f"The archive {target} cannot be written: {fault.strerror or fault}.") from fault
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return saved


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Writer:
    def __init__(self, tar: tarfile.TarFile, store: AttachmentStore, now: datetime, progress: Progress) -> None:
        self._tar, self._store, self._now, self._progress = tar, store, now, progress

    def write(self, database: Database) -> Saved:
        wanted = shapes()
        with snapshot(database) as connection:
            totals = {shape.name: count(connection, shape) for shape in wanted}
            self._add("header.json", _json(self._header(wanted, database, sum(totals.values()))))
            done, tables = 0, {}
            for shape in wanted:
                tables[shape.name] = self._table(connection, shape, done, sum(totals.values()))
                done += tables[shape.name].rows
            files, size, missing, chain = self._files(connection)
        self._add(
            "manifest.json",
            _json(
                {
                    "format": FORMAT,
                    "tables": {name: asdict(digest) for name, digest in tables.items()},
                    "attachments": {"files": files, "bytes": size, "sha256": chain, "missing": missing},
                    "keys": KEYS_NOTE,
                }
            ),
        )
        return Saved(tables, files, size, tuple(missing))

    def _header(self, wanted: list[Shape], database: Database, rows: int) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "product": "huiying",
            "revision": current_revision(database),
            "made_at": self._now.astimezone(UTC).isoformat(),
            "from": "sqlite" if database.is_sqlite else "postgresql",
            "rows": rows,
            "keys": KEYS_NOTE,
            "tables": [asdict(shape) for shape in wanted],
        }

    def _table(self, connection: Connection, shape: Shape, done: int, total: int) -> Digest:
        rows, parts, seen, chunk = 0, 0, hashlib.sha256(), bytearray()
        for line in lines(connection, shape):
            rows += 1
            seen.update(line)
            chunk += line
            if len(chunk) >= _CHUNK:
                self._add(f"tables/{shape.name}/{parts:06d}.jsonl", bytes(chunk))
                parts += 1
                chunk.clear()
                self._progress("rows", done + rows, total)
        if chunk:
            self._add(f"tables/{shape.name}/{parts:06d}.jsonl", bytes(chunk))
        self._progress("rows", done + rows, total)
        return Digest(rows, seen.hexdigest())

    def _files(self, connection: Connection) -> tuple[int, int, list[str], str]:
        """Add every file that a row names, once; return (files, bytes, missing hashes, hash over all names)."""
        files, size, missing, chain = 0, 0, list[str](), hashlib.sha256()
        total = connection.scalar(select(func.count()).select_from(_KEPT)) or 0
        for position, digest in enumerate(_hashes(connection), 1):
            path = self._store.path(digest)
            try:
                with path.open("rb") as file:
                    size += self._add_file(f"{FOLDER}/{digest[:2]}/{digest[2:4]}/{digest}", file)
            except FileNotFoundError:
                missing.append(digest)
                continue
            files += 1
            chain.update(digest.encode())
            self._progress("files", position, total)
        return files, size, missing, chain.hexdigest()

    def _add_file(self, name: str, file: io.BufferedReader) -> int:
        size = os.fstat(file.fileno()).st_size
        self._tar.addfile(self._member(name, size), file)
        forget_members(self._tar)
        return size

    def _add(self, name: str, data: bytes) -> None:
        self._tar.addfile(self._member(name, len(data)), io.BytesIO(data))
        forget_members(self._tar)

    def _member(self, name: str, size: int) -> tarfile.TarInfo:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(self._now.timestamp())
        return member


def _hashes(connection: Connection) -> Iterator[str]:
    wanted = select(_KEPT.c.sha256).order_by(_KEPT.c.sha256)
    yield from connection.scalars(wanted.execution_options(stream_results=True, yield_per=1000))


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()
