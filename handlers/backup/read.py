"""Reading an archive from front to back, trusting nothing in it."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from handlers.attachments.store import FOLDER
from handlers.backup.rows import Digest
from handlers.backup.shape import FORMAT, Shape
from handlers.errors import BackupFault

_TABLE: Final = re.compile(r"tables/([a-z_]+)/[0-9]{6}\.jsonl")
_FILE: Final = re.compile(FOLDER + r"/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
_LARGEST_JSON: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """What an archive says of itself before its rows."""

    revision: str
    made_at: str
    rows: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive must hold, written after everything else."""

    tables: dict[str, Digest]
    files: int
    files_sha256: str
    missing: tuple[str, ...]


class Archive:
    """An open archive; go through it once: :attr:`header`, then :meth:`parts`, which end with the manifest."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.header = _header(self._first())
        self.manifest: Manifest | None = None

    def parts(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Yield (table name or 64-digit hash, its bytes). Raises BackupFault for anything that does not belong."""
        known = {shape.name for shape in self.header.shapes}
        for member, file in self._members():
            if self.manifest is not None:
                raise BackupFault("The archive goes on after its manifest: it is not one of ours.")
            if member.name == "manifest.json":
                self.manifest = _manifest(_json(member, file))
                continue
            table, digest = _TABLE.fullmatch(member.name), _FILE.fullmatch(member.name)
            if table and table[1] in known:
                yield table[1], file
            elif digest:
                yield digest[1], file
            else:
                raise BackupFault(f"The archive holds {member.name[:100]!r}, which does not belong there.")

    def _first(self) -> dict[str, Any]:
        for member, file in self._members():
            if member.name == "header.json":
                return _json(member, file)
            break
        raise BackupFault("This file is not a backup of Huiying: it does not begin with a header.")

    def _members(self) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
        while (member := self._tar.next()) is not None:
            file = self._tar.extractfile(member) if member.isreg() else None
            if file is None:
                raise BackupFault(f"The archive holds {member.name[:100]!r}, which is not a plain file.")
            yield member, file
            forget_members(self._tar)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive for reading once. Raises BackupFault for a file that is absent, cut off or damaged."""
    try:
        with tarfile.open(path, "r|gz") as tar:
            yield Archive(tar)
    except (tarfile.TarError, EOFError, zlib.error) as fault:
        raise BackupFault(f"The archive {path} is damaged or cut off: take another one.") from fault
    except OSError as fault:
        raise BackupFault(
            f"The archive {path} cannot be read or put back: {fault.strerror or 'it is damaged'}."
        ) from fault


def verify(path: Path) -> Manifest:
    """Read an archive through and check every count and hash, without any database. Raises BackupFault."""
    with open_archive(path) as archive:
        rows: dict[str, int] = {}
        hashes = {shape.name: hashlib.sha256() for shape in archive.header.shapes}
        files = FileTally()
        for name, file in archive.parts():
            if name in hashes:
                for line in file:
                    hashes[name].update(line)
                    rows[name] = rows.get(name, 0) + 1
            else:
                seen = hashlib.sha256()
                while block := file.read(1 << 20):
                    seen.update(block)
                if seen.hexdigest() != name:
                    raise BackupFault(f"The attachment {name} in the archive is damaged: take another archive.")
                files.add(name)
        found = {name: Digest(rows.get(name, 0), seen.hexdigest()) for name, seen in hashes.items()}
        return checked(archive, found, files)


def forget_members(tar: tarfile.TarFile) -> None:
    """tarfile remembers every member it met; a million files would fill the memory."""
    tar.members = []  # type: ignore[attr-defined]


class FileTally:
    """Counts the attachments read, in order."""

    def __init__(self) -> None:
        self.files, self._chain = 0, hashlib.sha256()

    def add(self, digest: str) -> None:
        self.files += 1
        self._chain.update(digest.encode())

    @property
    def sha256(self) -> str:
        return self._chain.hexdigest()


def checked(archive: Archive, found: dict[str, Digest], files: FileTally) -> Manifest:
    """Return the manifest when what was read agrees with it. Raises BackupFault naming the first difference."""
    manifest = archive.manifest
    if manifest is None:
        raise BackupFault("The archive ends without its manifest: it was cut off. Take another one.")
    for name in sorted(manifest.tables.keys() | found.keys()):
        said, read = manifest.tables.get(name), found.get(name)
        if said != read:
            raise BackupFault(f"The archive's table {name} does not agree with its manifest: take another archive.")
    if (files.files, files.sha256) != (manifest.files, manifest.files_sha256):
        raise BackupFault("The archive's attachments do not agree with its manifest: take another archive.")
    return manifest


def _json(member: tarfile.TarInfo, file: IO[bytes]) -> dict[str, Any]:
    if member.size > _LARGEST_JSON:
        raise BackupFault(f"{member.name} is far too large: this is not a backup of Huiying.")
    try:
        data = json.loads(file.read())
    except ValueError as fault:
        raise BackupFault(f"{member.name} in the archive cannot be read: take another archive.") from fault
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BackupFault("The archive was made by a release with another format: restore it with that release.")
    return data


def _header(data: dict[str, Any]) -> Header:
    try:
        shapes = tuple(
            Shape(str(t["name"]), tuple((str(n), str(kind)) for n, kind in t["columns"]), tuple(t["key"]))
            for t in data["tables"]
        )
        header = Header(str(data["revision"]), str(data["made_at"]), int(data["rows"]), shapes)
    except (KeyError, TypeError, ValueError) as fault:
        raise BackupFault("The archive's header cannot be read: take another archive.") from fault
    for shape in header.shapes:
        for name in (shape.name, *(column for column, _ in shape.columns), *shape.key):
            if not _NAME.fullmatch(name):
                raise BackupFault("The archive's header names things that no database of ours has.")
    return header


def _manifest(data: dict[str, Any]) -> Manifest:
    try:
        tables = {str(name): Digest(int(d["rows"]), str(d["sha256"])) for name, d in data["tables"].items()}
        files = data["attachments"]
        return Manifest(tables, int(files["files"]), str(files["sha256"]), tuple(files["missing"]))
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise BackupFault("The archive's manifest cannot be read: take another archive.") from fault
