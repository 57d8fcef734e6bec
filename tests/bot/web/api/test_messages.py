"""Handing in messages: stored once per key, nothing doubled, nothing lost, faults named field by field."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.web.app import create_app
from handlers.records import Attachment, Case, CaseContact, Message
from tests.bot.web.api.conftest import Platform, platform
from tests.bot.web.live import LiveHouse, build_live
from tests.web_client import TestClient

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def rows(live: LiveHouse, table: Any) -> list[Any]:
    with live.services.core.database.read() as session:
        return list(session.scalars(select(table)))


def test_a_message_gets_its_number_query_code_and_receipt(app: Platform, live: LiveHouse) -> None:
    answer = app.send()
    assert answer.status_code == 201
    sent = answer.json()
    assert sent["number"] == "20261123-0001" and len(sent["query_code"]) == 9 and not sent["repeated"]
    assert sent["number"] in sent["receipt"] and sent["query_code"] in sent["receipt"]
    assert answer.headers["location"] == "/api/v1/cases/20261123-0001"
    case = live.case()
    assert (case.channel, case.account, case.source) == ("rest", "citizen-app", "rest")


def test_the_same_key_gives_the_same_result_and_makes_one_case(app: Platform, live: LiveHouse) -> None:
    first, again = app.send(), app.send()
    assert again.status_code == 200 and again.json()["repeated"]
    assert again.json()["query_code"] == first.json()["query_code"]
    assert len(rows(live, Case)) == 1


def test_a_key_used_for_other_words_is_a_conflict_and_says_so(app: Platform, live: LiveHouse) -> None:
    app.send()
    answer = app.send(text="另一件事")
    assert answer.status_code == 409 and answer.headers["content-type"] == "application/problem+json"
    assert "Idempotency-Key" in answer.json()["detail"]
    assert len(rows(live, Message)) == 1


def test_the_same_key_of_two_platforms_is_two_messages(app: Platform, hotline: Platform, live: LiveHouse) -> None:
    assert app.send().json()["number"] != hotline.send().json()["number"]
    assert {case.source for case in rows(live, Case)} == {"rest", "hotline_12345"}


def test_everything_that_is_known_is_kept_and_contacts_are_sealed(app: Platform, live: LiveHouse) -> None:
    app.send(
        title="津贴", sender="u1", district="玉泉区", place="示例路", wished_answer="phone", consent_contact=True,
        contact={
            "name": "王秀兰", "phone": "0471-1112222", "address": "示例路 1 号",
            "identity_number": "15010519490307231X",
        },
        affected={"name": "王某"}, relation="女儿", outer_number="H-1", outer_due_at="2026-11-24T17:30:00+08:00",
    )  # fmt: skip
    case = live.case()
    assert (case.subject, case.district, case.outer_number, case.wished_answer) == ("津贴", "玉泉区", "H-1", "phone")
    assert case.outer_due_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    writer, affected = sorted(rows(live, CaseContact), key=lambda row: row.role, reverse=True)
    vault = live.services.core.vault
    assert (vault.open(writer.identity_number), vault.open(affected.name)) == ("15010519490307231X", "王某")
    message = rows(live, Message)[0]
    for secret in ("王秀兰", "1112222", "15010519490307231X"):
        assert secret not in message.raw.decode() + str(message.details) + message.text


def test_an_attachment_is_typed_by_its_content(app: Platform, live: LiveHouse) -> None:
    answer = app.send(attachments=[{"filename": "x.exe", "data": base64.b64encode(PNG).decode()}])
    assert answer.status_code == 201
    attachment = rows(live, Attachment)[0]
    assert (attachment.content_type, attachment.state, attachment.size) == ("image/png", "stored", len(PNG))
    assert attachment.case_id == live.case().id


@pytest.mark.parametrize(
    ("files", "field"),
    [
        ([{"filename": "a.png", "data": "not base64!"}], "attachments.0.data"),
        ([{"filename": "a.png", "data": base64.b64encode(b"MZ\x90\x00" + bytes(99)).decode()}], "attachments.0.data"),
        ([{"filename": "a.png", "data": ""}], "attachments.0.data"),
        ([{"filename": "\ud800.png", "data": "\ud800"}], "attachments.0.data"),
        ([{"filename": "a.png", "data": base64.b64encode(PNG).decode()}] * 6, "attachments"),
        ([{"name": "a.png"}], "attachments.0.filename"),
    ],
)
def test_a_bad_attachment_is_named_and_nothing_is_stored(
    app: Platform, live: LiveHouse, files: list[Any], field: str
) -> None:
    answer = app.send(attachments=files)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == field
    assert not rows(live, Message)


def test_an_attachment_above_the_limit_is_refused(app: Platform, live: LiveHouse) -> None:
    big = base64.b64encode(PNG + bytes(11 * 1024 * 1024)).decode()
    answer = app.send(attachments=[{"filename": "a.png", "data": big}])
    assert answer.status_code == 422 and "10 MB" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"), ({"text": ""}, "text"), ({"text": "  \n"}, "text"), ({"text": 5}, "text"),
        ({"text": None}, "text"), ({"text": "字" * 20_001}, "text"), ({"text": "x", "txet": "y"}, "txet"),
        ({"text": "x", "consent_contact": "yes"}, "consent_contact"),
        ({"text": "x", "outer_due_at": "2026-11-24T17:30:00"}, "outer_due_at"),
        ({"text": "x", "sent_at": "yesterday"}, "sent_at"), ({"text": "x", "contact": {"tel": "1"}}, "contact.tel"),
        ({"text": "x", "contact": "x"}, "contact"), ({"text": "x", "wished_answer": "pigeon"}, "wished_answer"),
        ({"text": "x", "case_number": "7"}, "case_number"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_in_both_languages(app: Platform, live: LiveHouse, body: Any, field: str) -> None:
    headers = app.headers(**{"idempotency-key": "k"})
    answer = app.client.post("/api/v1/messages", json=body, headers=headers)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["fields"][0]["field"] == field and problem["fields"][0]["zh"] and problem["fields"][0]["en"]
    assert problem["code"] == "invalid" and problem["request_id"]
    assert not rows(live, Message)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b"null", b"[]", b'"x"', b"\xff\xfe", b'{"text": "\\ud800"', b"1e999999"]
)
def test_a_body_that_is_no_message_is_refused_without_a_fault_of_ours(app: Platform, content: bytes) -> None:
    headers = app.headers(**{"idempotency-key": "k", "content-type": "application/json"})
    answer = app.client.post("/api/v1/messages", content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


@pytest.mark.parametrize("text", ["x\x00y", "\ud800", "]]> <b>&amp;</b> \u202e", "字" * 10_000, "😀\r\n第二行 "])
def test_a_text_is_kept_verbatim_but_for_what_cannot_be_stored(app: Platform, live: LiveHouse, text: str) -> None:
    headers = app.headers(**{"idempotency-key": "k", "content-type": "application/json"})
    answer = app.client.post("/api/v1/messages", content=json.dumps({"text": text}), headers=headers)
    assert answer.status_code == 201
    assert rows(live, Message)[0].text == text.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")


@pytest.mark.parametrize("key", ["", " ", "k" * 151, "键"])
def test_a_message_needs_a_usable_idempotency_key(app: Platform, live: LiveHouse, key: str) -> None:
    headers = {"authorization": f"Bearer {app.key}", "idempotency-key": key.encode()}
    assert app.client.post("/api/v1/messages", json={"text": "x"}, headers=headers).status_code == 422
    assert app.client.post("/api/v1/messages", json={"text": "x"}, headers=app.headers()).status_code == 422
    assert not rows(live, Message)


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "Basic eDp5", "Bearer hy_" + "A" * 43])
def test_without_a_valid_key_nothing_is_done(app: Platform, live: LiveHouse, given: str) -> None:
    headers = {"authorization": given, "idempotency-key": "k"}
    answer = app.client.post("/api/v1/messages", json={"text": "x"}, headers=headers)
    assert answer.status_code == 401 and answer.json()["code"] == "no_key"
    assert not rows(live, Message)


def test_when_nothing_can_be_stored_it_says_so_and_the_same_key_works_later(app: Platform, live: LiveHouse) -> None:
    live.receiving.away = True
    assert app.send().status_code == 503
    live.receiving.away = False
    assert app.send().status_code == 201


def test_words_are_added_to_an_open_case_of_the_own_account_only(
    app: Platform, hotline: Platform, live: LiveHouse
) -> None:
    number = app.send().json()["number"]
    added = app.send("k-2", "忘了说，她走不了路", case_number=number)
    assert added.status_code == 201 and added.json()["number"] == number and not added.json()["query_code"]
    assert hotline.send("k-3", "我也要", case_number=number).status_code == 404
    live.change(number, state="closed")
    assert app.send("k-4", "还有", case_number=number).status_code == 409
    with live.services.core.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 2


def test_a_later_message_of_the_same_sender_joins_the_open_case(app: Platform) -> None:
    first = app.send(sender="u1").json()
    assert app.send("k-2", "忘了说，她走不了路", sender="u1").json()["number"] == first["number"]
    assert app.send("k-3", "忘了说，她走不了路").json()["number"] != first["number"]


def test_too_many_calls_are_told_when_to_come_back(tmp_path: Any) -> None:
    live = build_live(tmp_path, rate_api_per_minute=2)
    with TestClient(create_app(live.services)) as client:
        busy = platform(live, client, "busy")
        statuses = [busy.send(f"k-{number}").status_code for number in range(3)]
        assert statuses == [201, 201, 429]
        refused = busy.send("k-9")
        assert int(refused.headers["retry-after"]) > 0 and refused.json()["code"] == "too_many"


@pytest.mark.parametrize("name", ["sent_at", "outer_due_at", "outer_dispatched_at"])
@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z"])
def test_a_year_that_cannot_be_meant_is_named_and_nothing_is_stored(
    app: Platform, live: LiveHouse, name: str, instant: str
) -> None:
    answer = app.send(**{name: instant})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == name and "年份" in answer.json()["detail"]
    assert rows(live, Message) == []
