"""Backup and restore: every row and file, from either database into either, or nothing at all."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError

from handlers.attachments.store import AttachmentStore
from handlers.backup.compare import compare
from handlers.backup.read import verify
from handlers.backup.restore import restore
from handlers.backup.save import backup
from handlers.errors import BackupFault
from handlers.records import (
    Attachment,
    CalendarDay,
    Case,
    Citizen,
    Document,
    Message,
    MessageSketch,
    SectionRow,
    SimilarPair,
    SketchKey,
    WordingRow,
)
from handlers.records.database import Database
from handlers.understanding.likeness.sketch import sketch_of
from tests.handlers.delivery.world import make_world

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
WORDS = "低保怎么申请？\u200f]]>\n😀\t“引号”\\ 　" + "长" * 10_000


def fill(database: Database, data_dir: Path, now: datetime) -> None:
    """Rows of every kind of column, references within a table both ways, a file, an empty and an odd text."""
    world = make_world(database, now)
    sha, size, kind = AttachmentStore(data_dir).keep(PICTURE, "照片.png")
    with database.write() as session:
        first = session.get_one(Citizen, world.citizen_id)
        second = Citizen(channel="web", account="", sender_id="w1", first_seen_at=now, last_inbound_at=now)
        session.add(second)
        session.flush()
        first.person_id, session.get_one(Case, world.case_id).merged_into_id = second.id, world.case_id
        message = Message(
            channel="wechat", account="a", external_id="o1:1:1", sender_id="o1", citizen_id=first.id,
            case_id=world.case_id, kind="text", text=WORDS, raw=bytes(range(256)), sent_at=now,
            received_at=now + timedelta(microseconds=7), details={"b": [1, 2.5, None, True], "a": "\ud83d 半个"},
        )  # fmt: skip
        session.add(message)
        session.flush()
        session.add(
            Attachment(
                message_id=message.id, case_id=world.case_id, channel="wechat", kind="image", filename="照片.png",
                content_type=kind, size=size, sha256=sha, state="stored", created_at=now,
            )
        )  # fmt: skip
        sketch = sketch_of(WORDS + "请问低保怎么申请，要带哪些材料，到哪里办")
        session.add(MessageSketch(message_id=message.id, scheme=1, at=now, features=sketch.pack(), compared=True))
        session.add_all(SketchKey(key=key, message_id=message.id) for key in [*sketch.keys, 2**32 - 1])
        pairs = ((message.id, message.id + 1), (message.id + 1, message.id))
        session.add_all(SimilarPair(message_id=a, other_id=b, likeness=0.2871, at=now) for a, b in pairs)
        paper, weight, _ = AttachmentStore(data_dir).keep(PICTURE + b"paper")
        made = Document(
            case_id=world.case_id, kind="opinion", year=2026, serial=1, number="民信处〔2026〕1号", name="意见书",
            day=now.date(), sha256=paper, size=weight, made_at=now, made_by=world.officer_id,
        )  # fmt: skip
        session.add(made)
        session.flush()
        receipt = Document(
            case_id=world.case_id, kind="service_receipt", year=2026, serial=1, number="民送〔2026〕1号", name="回证",
            day=now.date(), sha256=paper, size=weight, serves_id=made.id, made_at=now, made_by=world.officer_id,
        )  # fmt: skip
        session.add(receipt)
        session.add_all(SectionRow(code=code, name=code) for code in ("b_2", "a", "B", "a_b", "ab", "社"))
        session.add(WordingRow(key="answer", text="{text}"))
        session.add(CalendarDay(day=now.date(), working=True, name="周一"))


@pytest.fixture
def full(database: Database, tmp_path: Path, now: datetime) -> Database:
    """A database of each kind with something in it; its files lie in ``tmp_path/data``."""
    fill(database, tmp_path / "data", now)
    return database


@pytest.fixture
def archive(full: Database, tmp_path: Path, now: datetime) -> Path:
    """A backup of it."""
    target = tmp_path / "backup.tar.gz"
    backup(full, tmp_path / "data", target, now)
    return target


def empty(tmp_path: Path, name: str = "restored.db") -> Database:
    return Database(f"sqlite:///{tmp_path / name}")


def test_restored_into_another_folder_every_row_and_file_is_equal(
    full: Database, archive: Path, tmp_path: Path
) -> None:
    other = empty(tmp_path)
    restore(archive, other, tmp_path / "elsewhere")
    assert compare(full, other) == []
    with other.read() as session:
        stored = session.scalars(select(Attachment)).one()
        assert AttachmentStore(tmp_path / "elsewhere").open(stored).path.read_bytes() == PICTURE
        paper = session.scalars(select(Document.sha256).limit(1)).one()
        assert AttachmentStore(tmp_path / "elsewhere").path(paper).read_bytes() == PICTURE + b"paper"
        assert session.scalars(select(Message)).one().text == WORDS
        assert session.scalars(select(Message)).one().raw == bytes(range(256))
    other.dispose()


def test_there_and_back_between_the_two_databases(
    full: Database, archive: Path, tmp_path: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    other = Database(request.getfixturevalue("postgresql_url")) if full.is_sqlite else empty(tmp_path, "middle.db")
    restore(archive, other, tmp_path / "middle")
    assert compare(full, other) == []
    backup(other, tmp_path / "middle", tmp_path / "second.tar.gz", now)
    last = empty(tmp_path, "last.db")
    restore(tmp_path / "second.tar.gz", last, tmp_path / "last")
    assert compare(full, last) == []
    for database in (other, last):
        database.dispose()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_new_rows_get_new_numbers_after_a_restore(
    sqlite_archive: Path, tmp_path: Path, now: datetime, kind: str, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'restored.db'}" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    other = Database(url)
    restore(sqlite_archive, other, tmp_path / "elsewhere")
    with other.write() as session:
        highest = max(session.scalars(select(Citizen.id)))
        session.add(Citizen(channel="web", sender_id="w2", first_seen_at=now, last_inbound_at=now))
    with other.read() as session:
        assert max(session.scalars(select(Citizen.id))) == highest + 1
    other.dispose()


def test_the_keys_are_not_in_the_archive_and_it_says_so(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        manifest = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert (names[0], names[-1]) == ("header.json", "manifest.json")
    assert "NOT in this archive" in manifest["keys"]
    assert archive.stat().st_mode & 0o077 == 0


def test_an_archive_is_verified_without_a_database(archive: Path) -> None:
    manifest = verify(archive)
    assert manifest.tables["message"].rows == 1
    assert (manifest.files, manifest.missing) == (2, ())


def test_the_archive_shows_the_moment_it_was_begun(full: Database, tmp_path: Path, now: datetime) -> None:
    senders = itertools.count()

    def write_meanwhile(what: str, done: int, total: int) -> None:
        with full.write() as session:
            session.add(Citizen(channel="x", sender_id=f"o{next(senders)}", first_seen_at=now, last_inbound_at=now))

    saved = backup(full, tmp_path / "data", tmp_path / "b.tar.gz", now, write_meanwhile)
    assert saved.tables["citizen"].rows == 2
    verify(tmp_path / "b.tar.gz")


def test_a_file_missing_on_the_disk_is_named_and_the_rest_is_saved(
    full: Database, tmp_path: Path, now: datetime
) -> None:
    with full.read() as session:
        sha = session.scalars(select(Attachment.sha256)).one()
    AttachmentStore(tmp_path / "data").remove(sha)
    assert backup(full, tmp_path / "data", tmp_path / "b.tar.gz", now).missing == (sha,)
    assert verify(tmp_path / "b.tar.gz").missing == (sha,)


def test_progress_reaches_its_end(full: Database, tmp_path: Path, now: datetime) -> None:
    seen: list[tuple[str, int, int]] = []
    saved = backup(full, tmp_path / "data", tmp_path / "b.tar.gz", now, lambda *step: seen.append(step))
    assert ("rows", saved.rows, saved.rows) in seen
    assert seen[-1] == ("files", 2, 2)


def test_a_database_that_is_not_empty_is_refused(full: Database, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupFault, match="already has rows"):
        restore(archive, full, tmp_path / "elsewhere")


def test_a_running_backup_is_not_overwritten(full: Database, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "b.tar.gz.partial").write_bytes(b"")
    with pytest.raises(BackupFault, match="another backup"):
        backup(full, tmp_path / "data", tmp_path / "b.tar.gz", now)


def rewritten(archive: Path, target: Path, change: dict[str, bytes | None], extra: str = "") -> Path:
    """The same archive with members replaced, dropped (``None``) or one added at the front of the manifest."""
    with tarfile.open(archive) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            data = old.extractfile(member).read()  # type: ignore[union-attr]
            if extra and member.name == "manifest.json":
                added = tarfile.TarInfo(extra)
                new.addfile(added, io.BytesIO(b""))
            if member.name in change:
                if (replacement := change[member.name]) is None:
                    continue
                data = replacement
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


@pytest.fixture
def sqlite_archive(sqlite_url: str, tmp_path: Path, now: datetime) -> Path:
    """A backup of a SQLite database."""
    source = Database(sqlite_url)
    fill(source, tmp_path / "data", now)
    backup(source, tmp_path / "data", tmp_path / "one.tar.gz", now)
    source.dispose()
    return tmp_path / "one.tar.gz"


def refused(path: Path, tmp_path: Path) -> str:
    """Restore ``path`` and fail; return why. The database is left empty."""
    target = empty(tmp_path, "refused.db")
    with pytest.raises(BackupFault) as fault:
        restore(path, target, tmp_path / "refused")
    try:
        with target.read() as session:
            assert session.scalars(select(Case)).all() == []
    except SQLAlchemyError:
        pass  # not even its tables were made
    target.dispose()
    return str(fault.value)


def test_an_archive_that_was_cut_off_restores_nothing(sqlite_archive: Path, tmp_path: Path) -> None:
    whole = sqlite_archive.read_bytes()
    for share in (0.3, 0.6, 0.95):
        cut = tmp_path / f"cut{share}.tar.gz"
        cut.write_bytes(whole[: int(len(whole) * share)])
        assert refused(cut, tmp_path)
    assert "cut off" in refused(rewritten(sqlite_archive, tmp_path / "m.tar.gz", {"manifest.json": None}), tmp_path)


def test_a_changed_row_is_found_out(sqlite_archive: Path, tmp_path: Path) -> None:
    name = "tables/message/000000.jsonl"
    with tarfile.open(sqlite_archive) as tar:
        line = tar.extractfile(name).read()  # type: ignore[union-attr]
    changed = line.replace("低保".encode(), "高龄".encode())
    assert changed != line
    text = refused(rewritten(sqlite_archive, tmp_path / "c.tar.gz", {name: changed}), tmp_path)
    assert "message" in text
    assert refused(rewritten(sqlite_archive, tmp_path / "d.tar.gz", {name: None}), tmp_path)
    events = "tables/wording/000000.jsonl"
    text = refused(rewritten(sqlite_archive, tmp_path / "e.tar.gz", {events: None}), tmp_path)
    assert "does not agree" in text


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "attachments/../x", "tables/pg_user/000000.jsonl"])
def test_what_does_not_belong_in_an_archive_is_refused(sqlite_archive: Path, tmp_path: Path, name: str) -> None:
    text = refused(rewritten(sqlite_archive, tmp_path / "e.tar.gz", {}, name), tmp_path)
    assert "does not belong" in text


def test_what_is_no_archive_is_refused_in_words(tmp_path: Path) -> None:
    for name, data in (("a", b"hello"), ("b", gzip.compress(b"hello")), ("c", b""), ("d", gzip.compress(b"\0" * 9000))):
        (tmp_path / name).write_bytes(data)
        assert refused(tmp_path / name, tmp_path)
    assert "cannot be read" in refused(tmp_path / "absent", tmp_path)


def test_a_restore_killed_half_way_leaves_nothing(sqlite_archive: Path, tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def kill(what: str, done: int, total: int) -> None:
        if done > 5:
            raise Killed

    target = empty(tmp_path, "killed.db")
    with pytest.raises(Killed):
        restore(sqlite_archive, target, tmp_path / "killed", kill)
    restore(sqlite_archive, target, tmp_path / "killed")
    with target.read() as session:
        assert len(session.scalars(select(Case)).all()) == 1
    target.dispose()


def test_the_whole_backup_is_one_transaction(sqlite_url: str, tmp_path: Path, now: datetime) -> None:
    source, begun = Database(sqlite_url), []
    fill(source, tmp_path / "data", now)
    event.listen(source.engine, "begin", lambda _: begun.append(1))
    backup(source, tmp_path / "data", tmp_path / "b.tar.gz", now)
    assert len(begun) <= 4  # the schema's revision is looked at beside it
    source.dispose()
