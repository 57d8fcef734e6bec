"""Telegram in the whole house as the wiring builds it: polled or told, answered, the answer delivered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.channels.telegram.channel import PATH
from bot.commands.installing import find_profile, prepare
from bot.web.app import create_app
from bot.wiring import House, build_house, build_services
from handlers.delivery.outbox import queue
from handlers.delivery.worker import run_once
from handlers.records import Case, Citizen, Delivery, Message
from tests.bot.channels.telegram.conftest import SECRET, TOKEN
from tests.bot.channels.telegram.fake_bot_api import FakeBotApi, text_update
from tests.bot.web.house import settings_of as settings_for
from tests.web_client import TestClient


@contextmanager
def house_of(api: FakeBotApi, sqlite_url: str, folder: Path, mode: str) -> Iterator[tuple[House, TestClient]]:
    settings = settings_for(
        database_url=sqlite_url, data_dir=folder / "data", base_url="https://example.invalid", telegram_token=TOKEN,
        telegram_secret=SECRET, telegram_mode=mode, telegram_api_base=api.url,
    )  # fmt: skip
    house = build_house(settings)
    prepare(house.core.database, find_profile(settings.profile))
    with TestClient(create_app(build_services(house, with_scheduler=False))) as client:
        yield house, client


def one(house: House, table: Any) -> Any:
    with house.core.database.read() as session:
        return session.scalars(select(table)).one()


def test_a_polled_message_becomes_a_case_and_its_receipt_names_number_and_code(
    api: FakeBotApi, sqlite_url: str, tmp_path: Path
) -> None:
    api.push(text_update(70, "请问高龄津贴怎么申请？"))
    with house_of(api, sqlite_url, tmp_path, "polling") as (house, _):
        api.wait_until(lambda: bool(api.sent))
        case = one(house, Case)
        assert case.number in api.sent[0]["text"] and "回复“进度”" in api.sent[0]["text"]
        assert (case.channel, case.account) == ("telegram", "123456")


def test_a_webhook_message_is_answered_in_its_response_and_its_answer_delivered(
    api: FakeBotApi, sqlite_url: str, tmp_path: Path
) -> None:
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    with house_of(api, sqlite_url, tmp_path, "webhook") as (house, client):
        answer = client.post(PATH, json=text_update(71, "低保停了，身份证 150105194903072314"), headers=headers)
        case = one(house, Case)
        assert answer.json()["method"] == "sendMessage" and case.number in answer.json()["text"]
        assert "https://example.invalid/write" in answer.json()["text"]
        assert "194903" not in one(house, Message).text
        api.wait_until(lambda: bool(api.called("setWebhook")))
        assert api.called("setWebhook")[0]["url"] == "https://example.invalid" + PATH
        _queue(house, case, one(house, Citizen))
        run_once(house.core, house.doors.senders, house.now)
        assert api.sent[-1]["text"].startswith("您好，答复如下")
        assert one(house, Delivery).state == "sent"


def test_a_picture_alone_opens_no_case_and_is_told_where_to_go(
    api: FakeBotApi, sqlite_url: str, tmp_path: Path
) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    with house_of(api, sqlite_url, tmp_path, "webhook") as (house, client):
        told = client.post(PATH, json=text_update(72, "", photo=photo), headers=headers).json()["text"]
        assert "https://example.invalid/write" in told and told.endswith("0471-0000001）")
        with house.core.database.read() as session:
            assert session.scalars(select(Case)).all() == []


def test_the_first_contact_is_greeted(api: FakeBotApi, sqlite_url: str, tmp_path: Path) -> None:
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    with house_of(api, sqlite_url, tmp_path, "webhook") as (_, client):
        told = client.post(PATH, json=text_update(73, "/start"), headers=headers).json()["text"]
        assert "https://example.invalid" in told


def test_the_house_starts_and_stops_quickly_though_telegram_is_away(sqlite_url: str, tmp_path: Path) -> None:
    away = FakeBotApi(url="http://127.0.0.1:9")
    started = time.monotonic()
    with house_of(away, sqlite_url, tmp_path, "polling") as (_, client):
        assert client.get("/healthz").status_code == 200
    assert time.monotonic() - started < 10


def _queue(house: House, case: Case, citizen: Citizen) -> None:
    with house.core.database.write() as session:
        queue(
            session, purpose="answer", case_id=case.id, channel="telegram", account="123456",
            recipient=citizen.sender_id, text="您好，答复如下：请到社区申请。", now=datetime.now(UTC),
            citizen_id=citizen.id,
        )  # fmt: skip
