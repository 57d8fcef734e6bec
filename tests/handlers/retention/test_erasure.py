"""Erasing by rule and on request: what goes, what stays, what is recorded."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from handlers.attachments.store import AttachmentStore
from handlers.errors import Conflict, InvalidInput
from handlers.records import (
    Attachment,
    Base,
    Case,
    CaseContact,
    CaseEvent,
    CaseFollower,
    CaseTrack,
    Citizen,
    Clock,
    Consent,
    Delivery,
    Document,
    DocumentService,
    DraftVersion,
    Erasure,
    ExportRecord,
    GroupMember,
    ImportBatch,
    ImportRow,
    Label,
    MandatoryReport,
    MatterGroup,
    Message,
    Note,
    OpinionRequest,
    PartyInquiry,
    PersonLink,
    Presence,
    Reply,
    ReplyFinding,
    ReplyStep,
    SavedView,
    SlipTurn,
    StaffSession,
    SupervisionSlip,
)
from handlers.records.database import Database
from handlers.retention.erase_case import ERASED_TEXT
from handlers.retention.job import erase_case, erase_due
from handlers.retention.periods import Periods
from tests.handlers.delivery.world import World, make_world

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
SECRET = "我叫王秀英，住在新城区，电话13800000000"
PERIODS = Periods(
    raw_days=180, contact_days=1000, attachments_days=1000, closed_days=3650, sessions_days=90, strangers_days=1000
)


@dataclass
class Room:
    world: World
    store: AttachmentStore
    sha: str

    def erase(self, days: float) -> Counter[str]:
        counts = erase_due(self.world.core, self.store, PERIODS, self.world.now + timedelta(days=days))
        return Counter({what: rows for what, rows in counts.items() if rows})

    def close(self) -> None:
        with self.world.core.database.write() as session:
            case = session.get_one(Case, self.world.case_id)
            case.state, case.closed_at = "closed", self.world.now

    def count(self, table: type) -> int:
        with self.world.core.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def everything(self) -> str:
        """Every text of every table in one string."""
        found = []
        with self.world.core.database.read() as session:
            for table in Base.metadata.sorted_tables:
                found += [f"{table.name} {tuple(row)!r}" for row in session.execute(select(table))]
        return "\n".join(found)


@pytest.fixture
def room(database: Database, now: datetime, tmp_path: Path) -> Room:
    """A case full of personal data."""
    world = make_world(database, now)
    store = AttachmentStore(tmp_path)
    sha, size, kind = store.keep(PNG)
    with database.write() as session:
        case = session.get_one(Case, world.case_id)
        case.subject, case.place, case.rating_words = SECRET, SECRET, SECRET
        message = Message(
            channel="wechat",
            account="a",
            external_id="openid77:1:1",
            sender_id="openid77",
            citizen_id=world.citizen_id,
            case_id=case.id,
            kind="text",
            text=SECRET,
            raw=SECRET.encode(),
            details={"particulars": "v1:sealed"},
            sent_at=now,
            received_at=now,
            state="processed",
            receipt_text=SECRET,
        )
        session.add(message)
        session.flush()
        session.add_all(
            [
                Label(message_id=message.id, needs_person=False, evidence={"topic": [{"text": "王秀英"}]}, at=now),
                CaseContact(case_id=case.id, role="writer", name="v1:n", phone="v1:p", phone_index="idx"),
                Note(case_id=case.id, text=SECRET, officer_id=world.officer_id, at=now),
                Attachment(
                    message_id=message.id, case_id=case.id, channel="wechat", kind="image", filename="王秀英.png",
                    reference="m1", content_type=kind, size=size, sha256=sha, state="stored", created_at=now,
                ),
            ]
        )  # fmt: skip
        clock = Clock(
            case_id=case.id, rule="GK-01", started_at=now, legal_due=now, safe_due=now, pauses=[], state="met"
        )  # fmt: skip
        session.add(clock)
        session.flush()
        session.add_all(
            [
                CaseTrack(case_id=case.id, track="petition", evidence=SECRET, proposed_at=now),
                Consent(
                    case_id=case.id, clock_id=clock.id, units=5, reason=SECRET, words=SECRET, approver="office",
                    state="refused", asked_at=now, asked_by=world.officer_id,
                ),
                PartyInquiry(
                    case_id=case.id, kind="third_party", party="v1:party", proof="v1:proof", sent_on=now.date(),
                    created_at=now, created_by=world.officer_id,
                ),
            ]
        )  # fmt: skip
        for reply in session.scalars(select(Reply)):
            reply.text = reply.body = SECRET
            session.add(ReplyFinding(case_id=case.id, reply_id=reply.id, kind="salutation", words=SECRET, shown_at=now))
            session.add(
                ReplyStep(
                    case_id=case.id, reply_id=reply.id, round=1, position=0, action="approve", text=SECRET, note=SECRET,
                    officer_id=reply.drafted_by, at=now, sha256="0" * 64,
                )
            )  # fmt: skip
        _inside(session, case, clock, world.officer_id, now)
        for delivery in session.scalars(select(Delivery)):
            delivery.text, delivery.told_whom = SECRET, "v1:whom"
    return Room(world, store, sha)


def _inside(session: Session, case: Case, clock: Clock, by: int, now: datetime) -> None:
    """What is asked, decided and written down inside the house about the case."""
    mine: dict[str, Any] = {"case_id": case.id}
    slip = SupervisionSlip(
        **mine, number="民督1", year=2026, serial=1, section_code="welfare", demand=SECRET, raised_at=now, asked_at=now,
        due_at=now,
    )  # fmt: skip
    group = MatterGroup(title=SECRET, decision=SECRET, made_by=by, made_at=now)
    batch = ImportBatch(source="12345", filename="a.xlsx", sha256="", officer_id=by, at=now)
    session.add_all([slip, group, batch])
    session.flush()
    session.add_all([
        SlipTurn(slip_id=slip.id, kind="answered", text=SECRET, measures=SECRET, officer_id=by, at=now),
        GroupMember(**mine, group_id=group.id, added_by=by, added_at=now),
        ImportRow(batch_id=batch.id, place=2, cells="v1:cells", state="taken", number=case.number),
        DraftVersion(**mine, officer_id=by, state="aside", text=SECRET, at=now),
        OpinionRequest(**mine, section_code="finance", question=SECRET, asked_by=by, asked_at=now, due_at=now),
        PersonLink(
            **mine, one_id=1, other_id=2, other_case_id=case.id, how="call", reason="v1:why", made_by=by, made_at=now
        ),
        MandatoryReport(**mine, told="v1:told", opened_at=now),
        CaseFollower(
            **mine, name="v1:f", phone="v1:fp", consent_note="v1:c", query_code="x", consent="call", consent_at=now,
            added_by=by, added_at=now,
        ),
        Presence(**mine, officer_id=by, since=now, until=now),
    ])  # fmt: skip


def test_contact_data_goes_in_time_also_where_nobody_left_their_own(room: Room) -> None:
    room.close()
    with room.world.core.database.write() as session:
        session.execute(delete(CaseContact))
    room.erase(1001)
    left = room.everything()
    for trace in ("v1:f", "v1:party", "v1:whom", "v1:cells"):
        assert trace not in left


def test_a_group_keeps_its_decision_while_another_of_its_cases_is_kept(room: Room) -> None:
    room.close()
    with room.world.core.database.write() as session:
        case = session.get_one(Case, room.world.case_id)
        columns = {c.key: getattr(case, c.key) for c in Case.__table__.columns if c.key not in ("id", "number")}
        other = Case(**columns, number="20261123-0999")
        other.state, other.closed_at = "in_progress", None
        session.add(other)
        session.flush()
        session.add(Message(
            channel="web", account="", external_id="o", sender_id="o", case_id=other.id, kind="text", text="在办",
            sent_at=room.world.now, received_at=room.world.now, state="processed",
        ))  # fmt: skip
        group = session.scalars(select(MatterGroup.id)).one()
        by = room.world.officer_id
        session.add(GroupMember(case_id=other.id, group_id=group, added_by=by, added_at=room.world.now))
    room.erase(3651)
    with room.world.core.database.read() as session:
        assert session.scalars(select(MatterGroup.decision)).one() == SECRET


def test_who_took_a_list_remains_and_the_words_looked_for_go(room: Room) -> None:
    with room.world.core.database.write() as session:
        for what in ("查找，“王秀英”，类型：咨询", "查找，“王秀"):
            by = room.world.officer_id
            session.add(ExportRecord(at=room.world.now, officer_id=by, kind="cases", what=what, query={"q": "王秀英"}))
    assert room.erase(1001)["exports"] == 2
    with room.world.core.database.read() as session:
        rows = session.execute(select(ExportRecord.what, ExportRecord.query).order_by(ExportRecord.id)).tuples().all()
    assert rows == [(f"查找，{ERASED_TEXT}，类型：咨询", {}), (ERASED_TEXT, {})]


def test_a_kept_search_for_words_goes_with_its_name_and_one_that_only_narrows_stays(room: Room) -> None:
    with room.world.core.database.write() as session:
        for name, query in (("王秀英的件", {"q": "王秀英", "kind": "help"}), ("求助", {"kind": "help"})):
            by, at = room.world.officer_id, room.world.now
            session.add(SavedView(officer_id=by, section_code="", name=name, query=query, at=at))
    assert "views" not in room.erase(999)
    assert room.erase(1001)["views"] == 1
    with room.world.core.database.read() as session:
        assert session.scalars(select(SavedView.name)).all() == ["求助"]


def test_nothing_is_erased_before_its_time(room: Room) -> None:
    room.close()
    assert room.erase(179) == {}
    assert room.count(Erasure) == 0


def test_bodies_as_received_go_first_and_the_text_stays(room: Room) -> None:
    assert room.erase(181) == {"raw": 1}
    with room.world.core.database.read() as session:
        message = session.scalars(select(Message)).one()
        assert (message.raw, message.text) == (b"", SECRET)
        record = session.scalars(select(Erasure)).one()
        assert (record.what, record.rows, record.by) == ("raw", 1, "system")


def test_an_open_case_keeps_everything_however_old(room: Room) -> None:
    assert room.erase(9999) == {"raw": 1}
    assert room.count(CaseContact) == 1


def test_contact_and_files_of_a_closed_case_go_after_their_periods(room: Room) -> None:
    room.close()
    erased = room.erase(1001)
    assert erased["contact"] > 0
    assert erased["attachments"] == 1
    assert room.count(CaseContact) == 0
    assert not room.store.path(room.sha).exists()
    with room.world.core.database.read() as session:
        assert session.scalars(select(Attachment.state)).one() == "erased"
        assert session.scalars(select(Message.text)).one() == SECRET
    assert room.world.actions().count("erase") == 2
    assert room.erase(1001) == {}


def test_a_file_that_another_case_still_needs_stays(room: Room) -> None:
    room.close()
    with room.world.core.database.write() as session:
        session.add(
            Attachment(
                channel="web", kind="image", sha256=room.sha, state="stored", content_type="image/png",
                created_at=room.world.now,
            )
        )  # fmt: skip
    room.erase(1001)
    assert room.store.path(room.sha).exists()


def test_at_the_end_only_numbers_labels_dates_and_history_remain(room: Room) -> None:
    room.close()
    assert room.erase(3651)["case"] > 0
    left = room.everything()
    for trace in ("王秀英", "13800000000", "openid77", "v1:"):
        assert trace not in left
    case = room.world.case()
    assert (case.number, case.kind, case.state, case.citizen_id) == (case.number, "consultation", "closed", None)
    assert room.count(Citizen) == 0
    with room.world.core.database.read() as session:
        assert session.scalars(select(Message.text)).one() == ERASED_TEXT
        events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
        assert list(room.world.core.ledger.verify(events)) == []
    assert room.erase(3651) == {}


def test_a_document_goes_with_the_case_and_leaves_its_number(room: Room) -> None:
    now = room.world.now
    sha, size, _ = room.store.keep(PNG + b"document")
    with room.world.core.database.write() as session:
        made = Document(
            case_id=room.world.case_id, kind="opinion", year=2026, serial=1, number="民信处〔2026〕1号", name="意见书",
            day=now.date(), sha256=sha, size=size, entered="v1:typed", made_at=now, made_by=room.world.officer_id,
        )  # fmt: skip
        session.add(made)
        session.flush()
        served = DocumentService(
            document_id=made.id, way="direct", outcome="for_other", proven=True, at=now, receiver="v1:n",
            relation="王秀英的儿子", witness="v1:w", proof="v1:p", recorded_at=now, recorded_by=room.world.officer_id,
        )  # fmt: skip
        session.add(served)
    room.close()
    room.erase(1001)
    assert room.store.path(sha).exists()
    room.erase(3651)
    assert not room.store.path(sha).exists()
    assert "v1:" not in room.everything()
    assert "王秀英" not in room.everything()
    with room.world.core.database.read() as session:
        left = session.scalars(select(Document)).one()
        assert (left.number, left.state, left.entered) == ("民信处〔2026〕1号", "erased", "")
    assert room.erase(3651) == {}


def test_one_case_is_erased_on_request_with_a_record_of_who_and_why(room: Room) -> None:
    room.close()
    now = room.world.now + timedelta(days=2)
    rows = erase_case(
        room.world.core, room.store, room.world.case_id, officer_id=room.world.officer_id, why="本人书面申请", now=now
    )
    assert rows > 5
    assert "王秀英" not in room.everything()
    assert not room.store.path(room.sha).exists()
    with room.world.core.database.read() as session:
        record = session.scalars(select(Erasure)).one()
        assert (record.case_id, record.by) == (room.world.case_id, f"officer:{room.world.officer_id}")
        assert "本人书面申请" in record.rule


def test_an_open_case_is_not_erased_and_a_reason_is_needed(room: Room) -> None:
    common = {"officer_id": room.world.officer_id, "now": room.world.now}
    with pytest.raises(Conflict):
        erase_case(room.world.core, room.store, room.world.case_id, why="申请", **common)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        erase_case(room.world.core, room.store, room.world.case_id, why=" ", **common)  # type: ignore[arg-type]


def test_ended_sign_ins_and_people_without_any_case_are_forgotten(room: Room) -> None:
    now = room.world.now
    with room.world.core.database.write() as session:
        for token, ends in (("a", now), ("b", now + timedelta(days=3000))):
            session.add(
                StaffSession(
                    token_sha256=token, officer_id=room.world.officer_id, csrf="c", created_at=now, seen_at=now,
                    expires_at=ends,
                )
            )  # fmt: skip
        stranger = Citizen(channel="wechat", account="a", sender_id="openid88", first_seen_at=now, last_inbound_at=now)
        session.add(stranger)
        session.flush()
        session.add(
            Message(
                channel="wechat", account="a", external_id="openid88:1:1", sender_id="openid88", kind="text",
                citizen_id=stranger.id, text="帮助", sent_at=now, received_at=now, state="processed",
            )
        )  # fmt: skip
    erased = room.erase(1001)
    assert (erased["sessions"], erased["strangers"]) == (1, 1)
    assert room.count(StaffSession) == 1
    assert room.count(Citizen) == 1
    assert "openid88" not in room.everything()
