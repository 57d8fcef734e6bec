"""Fetching what a vendor keeps for us, before it is dropped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.attachments.fetch import fetch_due
from handlers.attachments.store import AttachmentStore
from handlers.errors import DeliveryError, Outcome
from handlers.messages import MediaRef
from handlers.records import Alert, Attachment
from handlers.records.database import Database
from tests.handlers.delivery.world import World, make_world

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)


@dataclass
class Keeper:
    """A vendor with one file per reference; anything else is raised."""

    files: dict[str, bytes | Exception] = field(default_factory=dict)
    asked: int = 0

    def fetch(self, media: MediaRef) -> tuple[bytes, str]:
        self.asked += 1
        found = self.files[media.reference]
        if isinstance(found, Exception):
            raise found
        return found, "application/octet-stream"


@dataclass
class Room:
    world: World
    store: AttachmentStore
    keeper: Keeper
    ids: list[int]

    def fetch(self, hours: float = 0) -> Counter[str]:
        at = self.world.now + timedelta(hours=hours)
        return fetch_due(self.world.core, self.store, {("wechat", "a"): self.keeper}, lambda: at)

    def add(self, reference: str, kept: bytes | Exception) -> None:
        self.keeper.files[reference] = kept
        with self.world.core.database.write() as session:
            row = Attachment(
                case_id=self.world.case_id, channel="wechat", account="a", kind="image", reference=reference,
                state="pending", next_at=self.world.now, created_at=self.world.now,
            )  # fmt: skip
            session.add(row)
            session.flush()
            self.ids.append(row.id)

    def row(self) -> Attachment:
        with self.world.core.database.read() as session:
            row = session.scalars(select(Attachment).where(Attachment.id == self.ids[-1])).one()
            session.expunge_all()
            return row

    def alerts(self) -> int:
        with self.world.core.database.read() as session:
            return len(session.scalars(select(Alert.id).where(Alert.kind == "attachment")).all())


@pytest.fixture
def room(database: Database, now: datetime, tmp_path: Path) -> Room:
    return Room(make_world(database, now), AttachmentStore(tmp_path), Keeper(), [])


def test_a_due_file_is_fetched_and_kept(room: Room) -> None:
    room.add("m1", PNG)
    assert room.fetch() == {"stored": 1}
    row = room.row()
    assert (row.state, row.content_type, row.size, row.error) == ("stored", "image/png", len(PNG), "")
    assert room.store.path(row.sha256).read_bytes() == PNG
    assert room.fetch(100) == {}


def test_a_file_of_a_kind_we_do_not_take_is_refused_with_the_reason(room: Room) -> None:
    room.add("m1", b"MZ" + bytes(100))
    assert room.fetch() == {"refused": 1}
    assert "不能接收" in room.row().error
    assert room.fetch(100) == {}


def test_a_file_that_cannot_be_had_now_is_tried_again_ever_more_slowly(room: Room) -> None:
    room.add("m1", DeliveryError("忙", Outcome.RETRY))
    waits = []
    for _ in range(4):
        room.fetch(sum(waits))
        after = room.row().next_at
        assert after is not None
        waits.append((after - room.world.now).total_seconds() / 3600 - sum(waits))
    assert [round(w * 3600) for w in waits] == [30, 60, 120, 240]
    room.keeper.files["m1"] = PNG
    assert room.fetch(sum(waits)) == {"stored": 1}


def test_people_are_told_once_before_the_platform_drops_the_file(room: Room) -> None:
    room.add("m1", DeliveryError("忙", Outcome.RETRY))
    room.fetch(1)
    assert room.alerts() == 0
    room.fetch(49)
    assert room.alerts() == 1
    room.fetch(60)
    assert room.fetch(73) == {"failed": 1}
    assert room.alerts() == 1
    assert room.row().state == "failed"


def test_a_file_that_the_platform_no_longer_has_fails_at_once_and_people_are_told(room: Room) -> None:
    room.add("m1", DeliveryError("过期", Outcome.FAILED, vendor_code="40007"))
    assert room.fetch() == {"failed": 1}
    assert room.alerts() == 1


def test_one_faulty_file_harms_no_other(room: Room) -> None:
    room.add("m1", RuntimeError("secret"))
    room.add("m2", PNG)
    assert room.fetch() == {"retry": 1, "stored": 1}


def test_a_file_that_another_process_is_fetching_is_left_to_it(room: Room) -> None:
    room.add("m1", PNG)

    class Slow(Keeper):
        def fetch(self, media: MediaRef) -> tuple[bytes, str]:
            assert room.fetch() == {}
            return PNG, ""

    slow = Slow()
    at = room.world.now
    assert fetch_due(room.world.core, room.store, {("wechat", "a"): slow}, lambda: at) == {"stored": 1}
    assert room.keeper.asked == 0


def test_a_channel_that_is_switched_off_does_not_lose_the_file(room: Room) -> None:
    room.add("m1", PNG)
    assert fetch_due(room.world.core, room.store, {}, lambda: room.world.now) == {"retry": 1}
    assert room.row().state == "pending"
    assert room.fetch(1) == {"stored": 1}
