"""The case file: what is in it, who may make it, that making it is on record, and that nothing in it can be changed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.web.app import create_app
from handlers.accounts.roles import Role
from handlers.casefile.archive import check_archive
from handlers.casefile.gather import gather
from handlers.casework.access import staff_of
from handlers.casework.answer import answer, save_draft
from handlers.casework.claim import claim
from handlers.casework.labels import correct_labels
from handlers.casework.oversee import note
from handlers.errors import InvalidInput
from handlers.records import (
    Attachment,
    Base,
    Case,
    CaseEvent,
    CaseTrack,
    Clock,
    Consent,
    Document,
    DraftVersion,
    GroupMember,
    MatterGroup,
    Message,
    Officer,
    OpinionRequest,
    PartyInquiry,
    PersonLink,
    Reply,
    ReplyFinding,
    ReplyStep,
    SealRecord,
    SlipTurn,
    SupervisionSlip,
)
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import House, build_house, sign_in, submit
from tests.web_client import TestClient

LETTER = "请问高龄津贴怎么申请，\n需要什么材料？=1+1"
REPLY = "请带身份证和户口簿到社区申请，符合条件的当月受理、次月发放。"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(300)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = build_house(tmp_path, understanding=RulesUnderstanding(), data_dir=tmp_path)
    return house.take_on(
        li=(Role.OFFICER, "welfare", "李强"), wang=(Role.OFFICER, "welfare", "王芳"), audit=(Role.AUDITOR, "", "沈正")
    )


@pytest.fixture
def number(house: House) -> str:
    """An answered case with everything: file, note, correction, draft, answer."""
    number = house.write(LETTER)
    core = house.services.core
    digest = hashlib.sha256(PICTURE).hexdigest()
    house.services.files.put_chunks(digest, iter((PICTURE,)))
    with core.database.write() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        li = staff_of(session.scalars(select(Officer).where(Officer.login == "li")).one())
        message = session.scalars(select(Message.id).where(Message.case_id == case.id)).one()
        session.add(
            Attachment(
                message_id=message, case_id=case.id, channel="wechat", kind="image", filename="户口簿.png",
                content_type="image/png", size=len(PICTURE), sha256=digest, state="stored", created_at=house.clock(),
            )
        )  # fmt: skip
        now = house.clock()
        claim(session, core, li, case.id, case.version, now)
        note(session, core, li, case.id, case.version, text="电话里说过一次", now=now)
        correct_labels(session, core, li, case.id, case.version, {"sentiment": "positive"}, now=now)
        save_draft(session, core, li, case.id, case.version, "先写一半", now)
        answer(session, core, li, case.id, case.version, REPLY, result="solved", now=now)
    return number


def make(house: House, number: str, form: str, login: str = "li", why: str = "归档") -> Any:
    with TestClient(create_app(replace(house.services, registry=CollectorRegistry()))) as client:
        sign_in(client, login)
        page = f"/console/cases/{number}/casefile"
        return submit(client, page, f"{page}/make", {"form": form, "why": why})


def test_the_word_file_holds_the_whole_case(house: House, number: str) -> None:
    made = make(house, number, "docx")
    assert made.status_code == 200 and f"casefile-{number}-01.docx" in made.headers["content-disposition"]
    document = docx.Document(io.BytesIO(made.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    said = ("请问高龄津贴怎么申请，", "需要什么材料？=1+1", REPLY, "户口簿.png", "电话里说过一次", "签收", "归档")
    frame = ("一、基本情况", "（内部，不对外提供）", "十七、校验")
    hashes = (_issued_hash(house)[:32], hashlib.sha256(PICTURE).hexdigest()[:32])
    for words in (*said, *frame, *hashes):
        assert words in text, words
    assert not list((house.services.settings.data_dir / "casefiles").iterdir())


def _issued_hash(house: House) -> str:
    with house.services.core.database.read() as session:
        return session.scalars(select(Reply.sha256).where(Reply.state == "issued")).one()


def test_making_one_is_an_event_with_its_hash_and_its_purpose(house: House, number: str) -> None:
    first, second = make(house, number, "docx"), make(house, number, "zip", "audit", "审计检查")
    with house.services.core.database.read() as session:
        events = session.scalars(select(CaseEvent).where(CaseEvent.action == "make_casefile")).all()
        told = [(event.data["number"], event.data["form"], event.data["why"], event.data["sha256"]) for event in events]
    assert told == [
        (f"{number}-01", "docx", "归档", hashlib.sha256(first.content).hexdigest()),
        (f"{number}-02", "zip", "审计检查", hashlib.sha256(second.content).hexdigest()),
    ]


def test_without_a_purpose_there_is_no_file(house: House, number: str) -> None:
    answer = make(house, number, "docx", why=" ")
    assert answer.status_code == 422 and "用途" in answer.text


def test_a_colleague_who_does_not_answer_for_the_case_makes_none(house: House, number: str) -> None:
    with TestClient(create_app(house.services)) as client:
        sign_in(client, "wang")
        assert client.get(f"/console/cases/{number}").status_code == 200
        assert client.get(f"/console/cases/{number}/casefile").status_code == 403


def test_what_was_decided_inside_the_house_is_in_both_forms(house: House, number: str) -> None:
    with house.services.core.database.write() as session:
        _decide_everything(session, house, session.scalars(select(Case).where(Case.number == number)).one())
    document = docx.Document(io.BytesIO(make(house, number, "docx").content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    with zipfile.ZipFile(io.BytesIO(make(house, number, "zip").content)) as archive:
        data = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".jsonl"))
    for words in (
        "要信访", "需要查档案", "准了", "某某公司", "挂号信一号", "先前写的话", "尽快", "领导要求这样写", "请看账目",
        "限三天说明", "依据要写到款", "归档留一份", "人手不够", "周五前补上", "统一答复如下", "来电核实过",
    ):  # fmt: skip
        assert words in text and words in data, words


def _decide_everything(session: Session, house: House, case: Case) -> None:
    """One row of every table of what is decided and asked inside."""
    seal, now, li = house.services.core.vault.seal, house.clock(), house.officers["li"]
    clock = session.scalars(select(Clock).where(Clock.case_id == case.id)).first()
    reply = session.scalars(select(Reply).where(Reply.case_id == case.id)).first()
    assert clock is not None and reply is not None
    of_case = {"case_id": case.id}
    slip = SupervisionSlip(
        **of_case,
        number="民督〔2026〕1号",
        year=2026,
        serial=1,
        section_code="welfare",
        demand="限三天说明",
        raised_at=now,
        asked_at=now,
        due_at=now,
    )
    group = MatterGroup(title="津贴", decision="统一答复如下", result="solved", made_by=li, made_at=now)
    document = Document(
        **of_case, kind="opinion", year=2026, serial=1, number="民信处〔2026〕1号", name="处理意见书", day=now.date(),
        sha256="", size=0, state="erased", made_at=now, made_by=li,
    )  # fmt: skip
    session.add_all([slip, group, document])
    session.flush()
    session.add_all([
        CaseTrack(**of_case, track="petition", state="open", evidence="要信访", proposed_at=now),
        Consent(
            **of_case, clock_id=clock.id, units=5, reason="需要查档案", approver="head", state="approved", words="准了",
            asked_at=now, asked_by=li, decided_at=now, decided_by=li,
        ),
        PartyInquiry(
            **of_case, kind="third_party", party=seal("某某公司"), proof=seal("挂号信一号"), sent_on=now.date(),
            created_at=now, created_by=li,
        ),
        ReplyStep(
            **of_case, reply_id=reply.id, round=1, position=0, step="legal", action="send_back", officer_id=li, at=now,
            note="依据要写到款", text="拟好的", sha256="0" * 64,
        ),
        SealRecord(
            **of_case, reply_id=reply.id, document_id=document.id, number="民信处〔2026〕1号", sha256="0" * 64,
            reply_sha256="0" * 64, copies=2, officer_id=li, at=now, note="归档留一份",
        ),
        DraftVersion(**of_case, officer_id=li, state="earlier", text="先前写的话", at=now),
        ReplyFinding(
            **of_case, reply_id=reply.id, kind="promise", words="尽快", state="kept", reason="领导要求这样写",
            shown_at=now,
        ),
        OpinionRequest(**of_case, section_code="finance", question="请看账目", asked_by=li, asked_at=now, due_at=now),
        SlipTurn(slip_id=slip.id, kind="answered", text="人手不够", measures="周五前补上", officer_id=li, at=now),
        GroupMember(**of_case, group_id=group.id, added_by=li, added_at=now),
        PersonLink(
            **of_case, one_id=1, other_id=2, other_case_id=case.id, how="call", reason=seal("来电核实过"), made_by=li,
            made_at=now,
        ),
    ])  # fmt: skip


def test_every_table_that_hangs_on_a_case_is_in_its_file(house: House, number: str) -> None:
    with house.services.core.database.read() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        auditor = staff_of(session.scalars(select(Officer).where(Officer.login == "audit")).one())
        core, now = house.services.core, house.clock()
        file = gather(session, core, auditor, case, 1, "归档", now)
    hangs = {
        table.name
        for table in Base.metadata.sorted_tables
        if table.name == "cases" or any(key.column.table.name == "cases" for key in table.foreign_keys)
    }
    gathered = set(_TABLES)
    assert set(_TABLES.values()) == set(file.tables)
    # Who is at it this minute, a code on its way, likeness worked out, and what erasure wrote down of itself.
    elsewhere = {"presence", "person_code", "message_sketch", "similar_pair", "erasure"}
    assert hangs - gathered - elsewhere == set()


_TABLES = {
    "cases": "cases", "case_contact": "contacts", "message": "messages", "attachment": "attachments",
    "label": "labels", "correction": "corrections", "reply": "replies", "delivery": "deliveries",
    "document": "documents", "document_service": "services", "unit_referral": "referrals", "clock": "clocks",
    "note": "notes", "guide_answer": "guide_answers", "mandatory_report": "mandatory_reports",
    "case_follower": "followers", "alert": "alerts", "case_event": "events", "case_track": "tracks",
    "consent": "consents", "party_inquiry": "inquiries", "draft_version": "draft_versions",
    "reply_finding": "findings", "reply_step": "reply_steps", "seal_record": "seals",
    "opinion_request": "opinions", "supervision_slip": "slips", "slip_turn": "slip_turns",
    "person_link": "same_person", "group_member": "group_members", "matter_group": "groups",
}  # fmt: skip


def test_the_archive_can_be_read_and_checked_by_others(house: House, number: str, tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    path.write_bytes(make(house, number, "zip").content)
    manifest = check_archive(path, house.services.core)
    assert manifest["serial"] == f"{number}-01" and manifest["last_seq"] > 5
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    message = json.loads(parts["messages.jsonl"])
    assert message["text"] == LETTER and "raw" not in message
    assert "query_code" not in json.loads(parts["cases.jsonl"])
    [file] = [json.loads(line) for line in parts["attachments.jsonl"].splitlines()]
    assert parts[file["file"]] == PICTURE
    drafts = [json.loads(line)["text"] for line in parts["replies.jsonl"].splitlines()]
    assert any(REPLY in text for text in drafts)
    assert json.loads(parts["corrections.jsonl"])["right"] == "positive"
    assert all(json.loads(line)["why"] for line in parts["clocks.jsonl"].splitlines())


def test_a_changed_archive_is_found_out(house: House, number: str, tmp_path: Path) -> None:
    whole, changed = tmp_path / "whole.zip", tmp_path / "changed.zip"
    whole.write_bytes(make(house, number, "zip").content)
    with zipfile.ZipFile(whole) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    notes = parts["notes.jsonl"].replace("一次".encode(), "两次".encode())
    manifest = json.loads(parts["manifest.json"])
    manifest["files"]["notes.jsonl"] = {"sha256": hashlib.sha256(notes).hexdigest(), "bytes": len(notes)}
    for entries, words in (
        (parts | {"notes.jsonl": notes}, "notes.jsonl"),
        (parts | {"notes.jsonl": notes, "manifest.json": json.dumps(manifest).encode()}, "签名"),
        (parts | {"more.txt": b"x"}, "more.txt"),
    ):
        with zipfile.ZipFile(changed, "w") as new:
            for name, data in entries.items():
                new.writestr(name, data)
        with pytest.raises(InvalidInput, match=words):
            check_archive(changed, house.services.core)


def test_looking_again_within_the_hour_is_one_line_of_the_history(house: House, number: str) -> None:
    with TestClient(create_app(house.services)) as client:
        sign_in(client, "wang")
        for minutes in (0, 20, 20, 30):
            house.clock.go_on(minutes=minutes)
            client.get(f"/console/cases/{number}")
    with house.services.core.database.read() as session:
        wang = f"officer:{house.officers['wang']}"
        looks = select(CaseEvent).where(CaseEvent.actor == wang, CaseEvent.action == "read")
        assert len(session.scalars(looks).all()) == 2
