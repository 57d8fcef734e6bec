"""What the webhook answers: never late, never false, never a 5xx for a body's sake."""

from __future__ import annotations

import asyncio
import logging
import xml.etree.ElementTree as ET
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.wechat import Mode
from handlers.errors import IntakeUnavailable
from handlers.messages import Receipt
from tests.bot.channels.wechat.conftest import PATH, SETTINGS, Desk, channel
from tests.bot.channels.wechat.messages import event, text
from tests.peers.malformed import malformed
from tests.peers.werobot_peer import opened, plain_query, sealed


def test_a_receipt_without_words_is_acknowledged_as_the_platform_asks(door, now):
    it = door()
    it.desk.receipt = Receipt("")
    answer = it.post(*sealed(SETTINGS, event("unsubscribe"), now))
    assert (answer.status_code, answer.text) == (200, "success")


def test_nothing_is_claimed_when_the_message_could_not_be_stored(door, now, caplog):
    it = door()
    it.desk.fault = IntakeUnavailable("the database is away")
    answer = it.post(*sealed(SETTINGS, text("<![CDATA[秘密]]>"), now))
    assert answer.status_code == 503
    assert "20261123" not in answer.text


def test_a_fault_of_ours_makes_the_platform_ask_again_and_logs_no_words(door, now, caplog):
    it = door()
    it.desk.fault = RuntimeError("parameters: 我的秘密 oUser-1")
    with caplog.at_level(logging.DEBUG):
        answer = it.post(*sealed(SETTINGS, text("<![CDATA[我的秘密]]>"), now))
    assert answer.status_code == 503
    assert "RuntimeError" in caplog.text
    assert "秘密" not in caplog.text
    assert "oUser-1" not in caplog.text


def test_a_slow_receipt_gives_503_in_time_and_the_storing_is_not_cancelled(now):
    async def drive() -> int:
        desk = Desk(gate=asyncio.Event())
        ended = asyncio.Event()

        async def receive(message):
            receipt = await desk.receive(message)
            ended.set()
            return receipt

        quick = channel(replace(SETTINGS, answer_within=0.05), now)
        transport = httpx.ASGITransport(Starlette(routes=list(quick.routes(receive))))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            query, body = sealed(SETTINGS, text("x"), now)
            status = (await client.post(PATH, params=query, content=body)).status_code
            desk.gate.set()
            await asyncio.wait_for(ended.wait(), 5)
        return status

    assert asyncio.run(drive()) == 503


@pytest.mark.parametrize("words", ["a]]>b", "]]>", "]]]]>>", "<b>&amp;</b>", "回复“进度”。\r\n第二行", "😀\x00"])
def test_the_reply_can_carry_any_words(door, now, words):
    it = door()
    it.desk.receipt = Receipt(words)
    answer = it.post(*sealed(SETTINGS, text("x"), now))
    assert opened(SETTINGS, answer.text).findtext("Content") == words.replace("\x00", "\ufffd")


def test_a_reply_longer_than_the_platform_takes_is_cut_at_a_sentence(door, now):
    it = door(Mode.PLAIN)
    it.desk.receipt = Receipt("这是一句话。" * 300)
    content = ET.fromstring(it.post(plain_query(SETTINGS, now), text("x").encode()).text).findtext("Content", "")
    assert len(content.encode()) <= 2048
    assert "。……" in content


def test_a_body_over_the_cap_is_413_whether_announced_or_not(door, now):
    it = door()
    query, _ = sealed(SETTINGS, text("x"), now)
    large = b"<xml>" + b"a" * SETTINGS.body_cap
    assert it.post(query, large).status_code == 413
    assert it.client.post(PATH, params=query, content=iter([large[:40_000], large[40_000:]])).status_code == 413
    assert not it.desk.messages


def test_a_petition_of_ten_thousand_characters_fits(door, now):
    it = door()
    assert it.post(*sealed(SETTINGS, text(f"<![CDATA[{'诉' * 10_000}]]>"), now)).status_code == 200
    assert len(it.message.text) == 10_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"<html/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"\xff\xfe<\x00x\x00",
    ],
)
def test_malformed_bodies_are_clear_400s_in_every_mode(door, now, body):
    for mode in Mode:
        answer = door(mode).post(plain_query(SETTINGS, now, msg_signature="0" * 40), body)
        assert answer.status_code == 400
        assert answer.text


def test_three_hundred_generated_malformed_bodies_give_no_server_error(door, now):
    it = door()
    statuses = [it.post(query, body).status_code for query, body in malformed(300, SETTINGS, now)]
    assert set(statuses) <= {200, 400, 403, 413}
    assert statuses.count(200) == len(it.desk.messages) < 60


def test_the_same_bodies_harm_plain_mode_no_more(door, now):
    it = door(Mode.PLAIN)
    for _, body in malformed(100, SETTINGS, now, seed=7):
        assert it.post(plain_query(SETTINGS, now), body).status_code in {200, 400, 413}
