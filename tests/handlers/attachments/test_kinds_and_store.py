"""What files are taken, how they are kept and opened."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.attachments.kinds import KINDS, kind_of
from handlers.attachments.store import AttachmentStore, safe_filename
from handlers.errors import InvalidInput, NotFound
from handlers.records import Attachment

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)


def container(*names: str) -> bytes:
    """A zip with these members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return data.getvalue()


def stored(sha: str, content_type: str, filename: str = "") -> Attachment:
    return Attachment(
        id=7, channel="web", kind="file", filename=filename, content_type=content_type, sha256=sha, state="stored",
        created_at=datetime.now(UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "filename", "content_type"),
    [
        (PNG, "a.png", "image/png"),
        (b"\xff\xd8\xff\xdb\x00\x43" + bytes(80), "", "image/jpeg"),
        (b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x01" + bytes(80), "x", "image/jpeg"),
        (b"GIF89a" + bytes(30), "", "image/gif"),
        (b"%PDF-1.4\n1 0 obj\n%%EOF", "低保.pdf", "application/pdf"),
        (b"#!AMR\n" + b"\x3c" * 50, "", "audio/amr"),
        (b"ID3\x03\x00" + bytes(50), "", "audio/mpeg"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(30), "", "video/mp4"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(30), "", "image/heif"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "申请.DOC", "application/msword"),
        ("您好，我想问低保。\n".encode(), "", "text/plain"),
        ("您好，我想问低保。\n".encode("gb18030"), "a.txt", "text/plain"),
        (container("[Content_Types].xml", "xl/workbook.xml"), "", KINDS["application/vnd.ms-excel"].content_type),
    ],
)
def test_a_files_kind_is_told_by_its_content(data: bytes, filename: str, content_type: str) -> None:
    found = kind_of(data, filename).content_type
    assert found == content_type or (
        content_type == "application/vnd.ms-excel" and found.endswith("spreadsheetml.sheet")
    )


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"", "empty.png"),
        (b"MZ" + bytes(200), "photo.jpg"),
        (b"\x7fELF" + bytes(100), "a.pdf"),
        (b"<html><script>alert(1)</script>", "a.txt"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "a.png"),
        (b"  <!doctype html>", "a.txt"),
        (container("a.txt"), "a.docx"),
        (container("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx"),
        (b"PK\x03\x04" + bytes(40), "a.xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "setup.msi"),
        (b"text with a \x00 in it", "a.txt"),
        (b"Rar!\x1a\x07\x00" + bytes(40), "a.rar"),
    ],
)
def test_what_is_not_on_the_list_is_refused_whatever_it_is_called(data: bytes, filename: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        kind_of(data, filename)
    assert refused.value.field == "attachments"


def test_a_file_is_kept_under_its_hash_once(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    sha, size, content_type = store.keep(PNG, "a.png", "application/x-evil")
    assert (size, content_type) == (len(PNG), "image/png")
    assert store.keep(PNG, "b.png")[0] == sha
    assert store.path(sha).read_bytes() == PNG
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [store.path(sha)]


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="MB"):
        AttachmentStore(tmp_path, largest=50).keep(PNG)
    assert list(tmp_path.rglob("*")) == []


def test_pieces_that_do_not_make_up_the_hash_are_thrown_away(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    with pytest.raises(InvalidInput):
        store.put_chunks("0" * 64, iter((b"a", b"b")))
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_only_a_hash_leads_to_a_path(tmp_path: Path) -> None:
    for digest in ("../../etc/passwd", "", "A" * 64, "0" * 63):
        with pytest.raises(ValueError, match="SHA-256"):
            AttachmentStore(tmp_path).path(digest)


def test_opening_gives_the_right_type_and_a_safe_name(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    sha, size, content_type = store.keep(PNG)
    opened = store.open(stored(sha, content_type, "../../户口簿\u202egnp.exe"))
    assert (opened.content_type, opened.filename, opened.size) == ("image/png", "户口簿gnp.png", size)
    assert opened.inline
    sha, _, content_type = store.keep(b"%PDF-1.4\n%%EOF")
    assert not store.open(stored(sha, content_type)).inline


def test_a_file_that_is_gone_says_so_in_words(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    with pytest.raises(NotFound):
        store.open(stored("0" * 64, "image/png"))
    pending = stored("0" * 64, "image/png")
    pending.state = "pending"
    with pytest.raises(NotFound):
        store.open(pending)


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("照片.png", "照片.jpg"),
        ("C:\\Users\\x\\报告.docx", "报告.jpg"),
        ("", "附件7.jpg"),
        ("...", "附件7.jpg"),
        ('a"b;c\r\nSet-Cookie: x.png', "a_b_cSet-Cookie_ x.jpg"),
        ("长" * 300 + ".png", "长" * 80 + ".jpg"),
    ],
)
def test_file_names_are_made_safe(given: str, safe: str) -> None:
    assert safe_filename(given, "jpg", "附件7") == safe


def test_a_container_from_a_later_version_is_refused_like_any_broken_one() -> None:
    data = bytearray(container("[Content_Types].xml", "word/document.xml"))
    data[data.find(b"PK\x01\x02") + 6] = 99  # the version needed to read it
    with pytest.raises(InvalidInput):
        kind_of(bytes(data))


def test_a_container_of_very_many_entries_is_refused_before_it_is_read() -> None:
    entry = b"PK\x01\x02" + bytes(42)
    with pytest.raises(InvalidInput):
        kind_of(b"PK\x03\x04" + entry * 6000 + b"PK\x05\x06" + bytes(18))
