"""Files that wait between the form and the sending, so that a mistake in the form does not lose them."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.services import Services
from bot.web.forms import Posted, Upload
from handlers.attachments.kinds import KINDS, kind_of
from handlers.errors import InvalidInput
from handlers.messages import MediaRef, MessageKind

KEPT_FOR: Final = timedelta(days=1)
_MOST_BYTES: Final = 2 * 1024**3  # all waiting files together; a disk that fills up would stop everything else
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{24}")
_KINDS: Final = {"image": MessageKind.IMAGE, "audio": MessageKind.VOICE, "video": MessageKind.VIDEO}
#: For the browser's file dialogue; the content decides.
ACCEPT: Final = ",".join(f".{kind.extension}" for kind in KINDS.values()) + ",.jpeg,.wps,.et"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was uploaded and not sent yet; whoever knows ``token`` may send it."""

    token: str
    filename: str
    content_type: str
    size: int

    @property
    def name(self) -> str:
        """What kind of file it is, in Chinese."""
        return KINDS[self.content_type].name


class WaitingFiles:
    """Files under ``data_dir/uploads``, forgotten after a day. ``largest`` is in bytes."""

    def __init__(self, folder: Path, largest: int, most: int) -> None:
        self._folder = folder
        self._largest = largest
        self.most = most

    @classmethod
    def of(cls, house: Services) -> WaitingFiles:
        """The installation's waiting files."""
        settings = house.settings
        return cls(settings.data_dir / "uploads", settings.attachment_mib * 1024 * 1024, settings.attachments_each)

    def gather(self, form: Posted, now: datetime) -> tuple[list[Waiting], str]:
        """Return the files of a form (kept earlier or uploaded now), and what is wrong with the others ("" = nothing).

        Fields: ``kept`` (tokens), ``drop`` (tokens to forget), ``files`` (uploads).
        """
        found, faults, dropped = [], [], form.many("drop")
        for token in dict.fromkeys(form.many("kept")):
            waiting = self.find(token)
            if token in dropped:
                self.forget([token])
            elif waiting is None:
                faults.append("先前选的一个附件没有保存住，请重新选择。")
            else:
                found.append(waiting)
        for upload in form.files("files"):
            if len(found) >= self.most:
                faults.append(f"附件最多 {self.most} 个，“{upload.filename}”没有加上。")
                continue
            try:
                found.append(self.keep(upload, now))
            except InvalidInput as fault:
                faults.append(f"“{upload.filename}”：{fault}")
        return found[: self.most], "".join(dict.fromkeys(faults))

    def keep(self, upload: Upload, now: datetime) -> Waiting:
        """Keep one file. Raises InvalidInput when it is too large, of a kind not allowed, or there is no room."""
        if len(upload.data) > self._largest:
            raise InvalidInput(f"文件超过 {self._largest // (1024 * 1024)} MB，请压缩或拍小一些。")
        kind = kind_of(upload.data, upload.filename)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._sweep(now) + len(upload.data) > _MOST_BYTES:
            raise InvalidInput("现在不能接收附件，请先提交文字，或改天再补充。")
        waiting = Waiting(secrets.token_urlsafe(18), upload.filename, kind.content_type, len(upload.data))
        head = json.dumps(asdict(waiting), ensure_ascii=True).encode() + b"\n"
        path = self._folder / waiting.token
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(head + upload.data)
        os.utime(path, (now.timestamp(), now.timestamp()))
        return waiting

    def find(self, token: str) -> Waiting | None:
        """Return a waiting file, or ``None``."""
        try:
            with self._path(token).open("rb") as file:
                return Waiting(**json.loads(file.readline()))
        except (OSError, ValueError, TypeError):
            return None

    def media(self, files: Iterable[Waiting]) -> tuple[MediaRef, ...]:
        """Return the files with their bytes, for a message. Raises InvalidInput when one is gone."""
        try:
            return tuple(self._media(waiting) for waiting in files)
        except OSError as fault:
            raise InvalidInput("一个附件没有保存住，请重新选择。", "files") from fault

    def forget(self, tokens: Iterable[str]) -> None:
        """Delete files that were sent or dropped."""
        for token in tokens:
            if _TOKEN.fullmatch(token):
                self._path(token).unlink(missing_ok=True)

    def _media(self, waiting: Waiting) -> MediaRef:
        with self._path(waiting.token).open("rb") as file:
            file.readline()
            data = file.read()
        kind = _KINDS.get(waiting.content_type.partition("/")[0], MessageKind.FILE)
        return MediaRef(kind, filename=waiting.filename, content_type=waiting.content_type, data=data)

    def _path(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise ValueError("not a token")
        return self._folder / token

    def _sweep(self, now: datetime) -> int:
        """Forget what has waited too long; return how many bytes still wait."""
        oldest, total = (now - KEPT_FOR).timestamp(), 0
        for entry in os.scandir(self._folder):
            try:
                info = entry.stat()
                if info.st_mtime < oldest:
                    os.unlink(entry.path)
                else:
                    total += info.st_size
            except OSError:
                continue  # another process was quicker
        return total
