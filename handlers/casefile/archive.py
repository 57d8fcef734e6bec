"""The machine-readable case file: JSON Lines by part, the files themselves, the printed form, and a signed manifest.

The format is documented in docs/casefile.md; :func:`check_archive` proves that nothing in one was changed.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from handlers.attachments.kinds import KINDS
from handlers.attachments.store import AttachmentStore, safe_filename
from handlers.casefile.gather import LEFT_OUT, SEALED, CaseFile
from handlers.casework.veil import veiled, veiled_data
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import CaseEvent

FORMAT: Final = 1
_BLOCK: Final = 1 << 20


def write_archive(file: CaseFile, core: Core, store: AttachmentStore, docx: bytes, into: Path) -> None:
    """Write the archive to ``into``, one attachment at a time, so that memory stays flat."""
    listed: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in file.tables.items():
            lines = (_line(_plain(row, core) | _extra(name, row, file)) for row in rows)
            _add(archive, listed, f"{name}.jsonl", (line.encode() for line in lines), file.made_at)
        said = (_line(_sentence(one)) for one in file.page.history)
        _add(archive, listed, "sentences.jsonl", (line.encode() for line in said), file.made_at)
        _add(archive, listed, f"卷宗-{file.serial}.docx", iter((docx,)), file.made_at)
        for name, digest in _files(file):
            path = store.path(digest)
            if path.is_file():
                _add(archive, listed, name, _blocks(path), file.made_at)
        manifest = _manifest(file, core, listed)
        archive.writestr(_entry("manifest.json", file.made_at), json.dumps(manifest, ensure_ascii=False, indent=1))


def check_archive(path: Path, core: Core | None = None) -> dict[str, Any]:
    """Return the manifest of an archive whose entries all have their hashes; with ``core`` the signature is checked.

    Raises InvalidInput naming the first entry that is missing, added or changed.
    """
    with zipfile.ZipFile(path) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        there = set(archive.namelist()) - {"manifest.json"}
        for name in sorted(there ^ set(manifest["files"])):
            raise InvalidInput(f"{name}：{'清单里没有' if name in there else '文件不在归档里'}。")
        for name, wanted in manifest["files"].items():
            with archive.open(name) as entry:
                digest = hashlib.sha256()
                for block in iter(lambda: entry.read(_BLOCK), b""):
                    digest.update(block)
            if digest.hexdigest() != wanted["sha256"]:
                raise InvalidInput(f"{name}：内容与清单里的校验值不符，被改过或损坏。")
    if core is not None and not core.ledger.signed(_body(manifest), str(manifest.get("mac", ""))):
        raise InvalidInput("清单的签名不符：清单被改过，或不是本系统制作的。")
    return manifest


def _manifest(file: CaseFile, core: Core, listed: dict[str, dict[str, Any]]) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "format": FORMAT, "number": file.number, "serial": file.serial, "made_at": file.made_at.isoformat(),
        "made_by": file.made_by, "why": file.why, "last_seq": file.last_seq, "head": file.head, "files": listed,
    }  # fmt: skip
    return manifest | {"mac": core.ledger.sign(_body(manifest))}


def _body(manifest: Mapping[str, Any]) -> str:
    """What is signed: everything but the signature, in one spelling."""
    unsigned = {key: value for key, value in manifest.items() if key != "mac"}
    return "casefile:" + json.dumps(unsigned, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _add(
    archive: zipfile.ZipFile, listed: dict[str, dict[str, Any]], name: str, blocks: Iterator[bytes], at: datetime
) -> None:
    digest, size = hashlib.sha256(), 0
    with archive.open(_entry(name, at), "w") as entry:
        for block in blocks:
            digest.update(block)
            size += len(block)
            entry.write(block)
    listed[name] = {"sha256": digest.hexdigest(), "bytes": size}


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _files(file: CaseFile) -> Iterator[tuple[str, str]]:
    """(name in the archive, hash) of every attachment and document whose bytes are kept."""
    for row in file.tables["attachments"]:
        if row.state == "stored" and row.sha256:
            yield file_name(row), row.sha256
    for row in file.tables["documents"]:
        if row.sha256:
            yield f"documents/{row.id}-{row.kind}.docx", row.sha256


def file_name(row: Any) -> str:
    """Where an attachment lies in the archive."""
    kind = KINDS.get(row.content_type)
    return f"attachments/{row.id}-{safe_filename(row.filename, kind.extension if kind else 'bin', '附件')}"


def _extra(part: str, row: Any, file: CaseFile) -> dict[str, Any]:
    """What a reader without the database needs besides the row itself, and what stands in a hidden number's place."""
    if part == "attachments" and row.state == "stored":
        return {"file": file_name(row)}
    if part == "clocks":
        why = next((clock.why for clock in file.page.clocks if clock.clock.id == row.id), "")
        return {"why": why, "ended_why": veiled(row.ended_why, file.hidden)}
    if isinstance(row, CaseEvent):
        kind, _, ident = row.actor.partition(":")
        who = file.people.get(int(ident), "") if kind == "officer" else kind
        return {"who": who, "data": veiled_data(row.data, file.hidden)}
    return {}


def _sentence(one: Any) -> dict[str, Any]:
    return {"seq": one.seq, "at": one.at.isoformat(), "who": one.who, "what": one.what, "read": one.is_read}


def _plain(row: Any, core: Core) -> dict[str, Any]:
    sealed = SEALED.get(type(row), ())
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in LEFT_OUT}
    return {key: core.vault.open(value) if key in sealed else _json(value) for key, value in values.items()}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK):
            yield block
