"""What a file is, told by its content: an allow-list, so that nothing that could run is kept or shown."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Final

import puremagic

from handlers.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class FileKind:
    """One allowed kind of file; ``inline`` ones a browser may show instead of saving."""

    content_type: str
    extension: str
    name: str
    inline: bool = False


_KINDS: Final = (
    FileKind("image/jpeg", "jpg", "图片", True),
    FileKind("image/png", "png", "图片", True),
    FileKind("image/gif", "gif", "图片", True),
    FileKind("image/webp", "webp", "图片", True),
    FileKind("image/bmp", "bmp", "图片"),
    FileKind("image/tiff", "tif", "扫描件"),
    FileKind("image/heif", "heic", "图片"),
    FileKind("application/pdf", "pdf", "PDF"),
    FileKind("application/msword", "doc", "Word 文档"),
    FileKind("application/vnd.ms-excel", "xls", "Excel 表格"),
    FileKind("application/vnd.ms-powerpoint", "ppt", "演示文稿"),
    FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", "Word 文档"),
    FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel 表格"),
    FileKind("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx", "演示文稿"),
    FileKind("audio/amr", "amr", "语音"),
    FileKind("audio/mpeg", "mp3", "语音"),
    FileKind("audio/mp4", "m4a", "语音"),
    FileKind("audio/wav", "wav", "语音"),
    FileKind("audio/ogg", "ogg", "语音"),
    FileKind("video/mp4", "mp4", "视频"),
    FileKind("video/3gpp", "3gp", "视频"),
    FileKind("text/plain", "txt", "文本"),
)
#: THE allow-list, by content type.
KINDS: Final[dict[str, FileKind]] = {kind.content_type: kind for kind in _KINDS}

#: puremagic's names for what is allowed.
_BY_MAGIC: Final[dict[str, str]] = {
    "jfif": "image/jpeg", "jpg": "image/jpeg", "jpeg": "image/jpeg", "jpe": "image/jpeg", "png": "image/png",
    "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
    "heif": "image/heif", "heic": "image/heif", "pdf": "application/pdf", "amr": "audio/amr", "mp3": "audio/mpeg",
    "mpga": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav", "ogg": "audio/ogg", "opus": "audio/ogg",
    "oga": "audio/ogg", "mp4": "video/mp4", "mov": "video/mp4", "3ga": "video/3gpp", "3gp": "video/3gpp",
}  # fmt: skip
_OFFICE_FOLDERS: Final[dict[str, str]] = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
#: The old office container holds anything; its file name must at least say which of these it is.
_OLD_OFFICE: Final[dict[str, str]] = {
    "doc": "application/msword", "wps": "application/msword", "xls": "application/vnd.ms-excel",
    "et": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint", "dps": "application/vnd.ms-powerpoint",
}  # fmt: skip
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARKUP: Final = re.compile(r"\s*<(?:[!?]|[a-z])", re.IGNORECASE)
_MOST_ENTRIES: Final = 5000


def kind_of(data: bytes, filename: str = "") -> FileKind:
    """Return what ``data`` is. Raises :class:`InvalidInput` for an empty file and for everything not allowed."""
    if not data:
        raise InvalidInput("这个文件是空的。", "attachments")
    content_type = _content_type(data, filename)
    if content_type is None:
        raise InvalidInput(
            "不能接收这种文件；可以发送图片、PDF、Word、Excel、文本、语音和视频文件（不含宏和压缩包）。", "attachments"
        )
    return KINDS[content_type]


def _content_type(data: bytes, filename: str) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if data.startswith(_OLE):
        return _OLD_OFFICE.get(filename.rpartition(".")[2].lower())
    try:
        found = [match.extension.lstrip(".").lower() for match in puremagic.magic_string(data)]
    except (puremagic.PureError, ValueError):
        found = []
    allowed = [_BY_MAGIC[extension] for extension in found if extension in _BY_MAGIC]
    if allowed:
        return allowed[0]
    return "text/plain" if not found and _is_text(data) else None


def _office(data: bytes) -> str | None:
    """An office document by the names in its container; nothing is unpacked, macros are refused."""
    if data.count(b"PK\x01\x02") > _MOST_ENTRIES:  # before the library makes an object of every entry
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            names = container.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for folder, kind in _OFFICE_FOLDERS.items() if any(n.startswith(folder) for n in names)), None)


def _is_text(data: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _NOT_TEXT.search(text) and not _MARKUP.match(text)
    return False
