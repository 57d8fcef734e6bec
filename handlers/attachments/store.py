"""The files themselves: under their SHA-256, written whole or not at all, opened safely for reading."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from handlers.attachments.kinds import KINDS, kind_of
from handlers.errors import InvalidInput, NotFound
from handlers.records import Attachment

FOLDER = "attachments"
QUARANTINE = "quarantine"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNSAFE = re.compile(r'[\\/:*?"<>|;%\x00-\x1f\x7f]')
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Opened:
    """A stored file ready to be answered with: ``filename`` is safe anywhere; ``inline`` may be shown in a page."""

    path: Path
    content_type: str
    filename: str
    size: int
    inline: bool


class AttachmentStore:
    """Keeps files under ``data_dir/attachments/aa/bb/<sha256>``; equal files are kept once.

    ``largest`` is in bytes. With ``scanned_only`` no file is handed out before a virus scanner found it clean.
    """

    def __init__(self, data_dir: Path, largest: int = 10 * 1024 * 1024, *, scanned_only: bool = False) -> None:
        self.root = data_dir / FOLDER
        self.largest = largest
        self.scanned_only = scanned_only

    def keep(self, data: bytes, filename: str = "", claimed_type: str = "") -> tuple[str, int, str]:
        """Keep ``data`` durably; return (sha256, size in bytes, content type found in it).

        Raises :class:`InvalidInput` (empty, too large, not an allowed kind); the claimed type decides nothing.
        """
        if len(data) > self.largest:
            raise InvalidInput(f"文件超过 {self.largest // (1024 * 1024)} MB，请压缩或分开发送。", "attachments")
        kind = kind_of(data, filename)
        digest = hashlib.sha256(data).hexdigest()
        self.put_chunks(digest, iter((data,)))
        return digest, len(data), kind.content_type

    def put_chunks(self, digest: str, chunks: Iterator[bytes]) -> None:
        """Write a file whose hash is known, piece by piece. Raises InvalidInput when the pieces do not make it up."""
        target = self.path(digest)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        seen = hashlib.sha256()
        with NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as file:
            try:
                for chunk in chunks:
                    seen.update(chunk)
                    file.write(chunk)
                if seen.hexdigest() != digest:
                    raise InvalidInput(f"The file {digest} does not have this hash: it was damaged on the way.")
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        _sync_folder(target.parent)

    def path(self, digest: str) -> Path:
        """Where the file of this hash lies (whether or not it is there). Raises ValueError for anything but a hash."""
        if not _SHA256.fullmatch(digest):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self.root / digest[:2] / digest[2:4] / digest

    def remove(self, digest: str) -> None:
        """Delete a file; one that is gone is fine."""
        self.path(digest).unlink(missing_ok=True)

    def quarantine(self, digest: str) -> None:
        """Move a file out of everybody's reach, kept for who looks into it; one that is gone is fine."""
        folder = self.root.parent / QUARANTINE
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.replace(self.path(digest), folder / digest)
            (folder / digest).chmod(0o400)
        except FileNotFoundError:
            return

    def open(self, attachment: Attachment) -> Opened:
        """Return a stored file for reading. Raises NotFound when it is not (or no longer) there, or not scanned yet."""
        if attachment.state == "infected":
            raise NotFound("这个附件查出病毒，已隔离，任何人都不能打开；需要其中内容请联系来信人重发。")
        if self.scanned_only and attachment.state == "stored" and attachment.scan != "clean":
            raise NotFound("这个附件还没有查毒，查过以后才能打开；查毒程序恢复后会自动补查。")
        if attachment.state != "stored" or not attachment.sha256:
            raise NotFound("这个附件还没有取到、已被拒收或已按规定删除。")
        path = self.path(attachment.sha256)
        if not path.is_file():
            raise NotFound("附件文件不在服务器上，请联系管理员从备份中恢复。")
        kind = KINDS.get(attachment.content_type)
        content_type = kind.content_type if kind else "application/octet-stream"
        name = safe_filename(attachment.filename, kind.extension if kind else "bin", f"附件{attachment.id}")
        return Opened(path, content_type, name, path.stat().st_size, bool(kind and kind.inline))


def safe_filename(filename: str, extension: str, otherwise: str) -> str:
    """A name without paths, control or direction marks, ending in the extension of what the file really is."""
    base = filename.replace("\\", "/").rpartition("/")[2]
    visible = "".join(c for c in base if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    stem = _UNSAFE.sub("_", visible.rpartition(".")[0] or visible).strip(" .")[:_LONGEST_NAME]
    return f"{stem or otherwise}.{extension}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
