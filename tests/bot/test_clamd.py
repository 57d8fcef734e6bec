"""The virus scanner's client and what its word does, against a real server that speaks clamd's protocol."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clamd import Clamd
from handlers.attachments.scan import scan_due
from handlers.attachments.staff import add_file
from handlers.attachments.store import QUARANTINE, AttachmentStore
from handlers.errors import NotFound, ScannerAway, SettingFault
from handlers.records import Alert, Attachment
from handlers.records.database import Database
from tests.handlers.delivery.world import World, make_world
from tests.peers.clamd import Scans, clamd
from tests.peers.vendor import closed_port

PDF = b"%PDF-1.4\n" + b"plain words " * 20_000  # several chunks
EVIL = b"%PDF-1.4\nEVIL"


@dataclass
class Room:
    world: World
    store: AttachmentStore

    def add(self, data: bytes) -> int:
        with self.world.core.database.write() as session:
            return add_file(session, self.store, self.world.case_id, data, "证明.pdf", self.world.now).id

    def scan(self, scans: Scans | str, minutes: float = 0) -> Counter[str]:
        at = self.world.now + timedelta(minutes=minutes)
        scanner = Clamd(scans if isinstance(scans, str) else scans.address, 1, 1)
        return scan_due(self.world.core, self.store, scanner, lambda: at)

    def row(self, ident: int) -> Attachment:
        with self.world.core.database.read() as session:
            row = session.scalars(select(Attachment).where(Attachment.id == ident)).one()
            session.expunge(row)
            return row

    def alerts(self) -> list[Alert]:
        with self.world.core.database.read() as session:
            return list(session.scalars(select(Alert).where(Alert.kind == "attachment")))


@pytest.fixture
def room(database: Database, now: datetime, tmp_path: Path) -> Room:
    return Room(make_world(database, now), AttachmentStore(tmp_path / "data", scanned_only=True))


@pytest.mark.parametrize("unix", [True, False])
def test_a_clean_file_is_shown_whole_once_and_may_then_be_taken(room: Room, tmp_path: Path, unix: bool) -> None:
    ident = room.add(PDF)
    with pytest.raises(NotFound, match="还没有查毒"):
        room.store.open(room.row(ident))
    with clamd(tmp_path if unix else None) as scans:
        assert room.scan(scans) == {"clean": 1}
        assert room.scan(scans, 600) == {}
    assert scans.seen == [PDF]
    assert room.store.open(room.row(ident)).size == len(PDF)


def test_what_is_found_goes_into_quarantine_and_the_office_is_told_of_it_once(room: Room) -> None:
    first, second = room.add(EVIL), room.add(EVIL)
    with clamd() as scans:
        assert room.scan(scans) == {"infected": 1}, "the same bytes need no second look"
    for ident in (first, second):
        row = room.row(ident)
        assert (row.state, row.scan, row.scan_note) == ("infected", "infected", "Huiying.Test.EVIL")
        with pytest.raises(NotFound, match="查出病毒"):
            room.store.open(row)
    digest = room.row(first).sha256
    assert not room.store.path(digest).exists()
    assert (room.store.root.parent / QUARANTINE / digest).read_bytes() == EVIL
    told = room.alerts()
    assert len(told) == 2 and all(alert.colour == "red" and alert.recipients for alert in told)
    assert "file_infected" in room.world.actions()


@pytest.mark.parametrize("answer", ["", "INSTREAM size limit exceeded. ERROR", "stream: ", "nonsense"])
def test_a_scanner_that_gives_no_verdict_leaves_the_file_waiting_and_is_asked_again(room: Room, answer: str) -> None:
    ident = room.add(PDF)
    with clamd() as scans:
        scans.answer = answer
        assert room.scan(scans) == {"away": 1}
        assert (room.row(ident).state, room.row(ident).scan) == ("stored", "")
        assert room.scan(scans) == {}, "not at once"
        scans.answer = None
        assert room.scan(scans, 1) == {"clean": 1}


def test_a_scanner_that_is_down_keeps_files_waiting_ever_longer_and_loses_none(room: Room, tmp_path: Path) -> None:
    ident = room.add(PDF)
    waits, at = [], 0.0
    for _ in range(4):
        assert room.scan(str(tmp_path / "nobody.ctl"), at) == {"away": 1}
        after = room.row(ident).scan_at
        assert after is not None
        waits.append(round((after - room.world.now).total_seconds() / 60 - at, 1))
        at += waits[-1]
    assert waits == [0.5, 1, 2, 4]
    assert "连不上" in room.row(ident).scan_note
    assert room.alerts() == []
    with clamd() as scans:
        assert room.scan(scans, at) == {"clean": 1}


def test_without_a_scanner_nothing_waits(room: Room) -> None:
    ident = room.add(PDF)
    assert scan_due(room.world.core, room.store, None, lambda: room.world.now) == {}
    assert AttachmentStore(room.store.root.parent).open(room.row(ident)).size == len(PDF)


def test_the_scanner_answers_when_it_is_there() -> None:
    with clamd() as scans:
        Clamd(scans.address).ping()
        scans.answer = "WHO"
        with pytest.raises(ScannerAway):
            Clamd(scans.address).ping()
    with pytest.raises(ScannerAway):
        Clamd(f"127.0.0.1:{closed_port()}").ping()


@pytest.mark.parametrize("address", ["clamd", "localhost", "localhost:x", ":3310", "host:99999"])
def test_a_wrong_address_is_said_by_the_settings_name(address: str) -> None:
    with pytest.raises(SettingFault, match="HUIYING_CLAMD"):
        Clamd(address)
