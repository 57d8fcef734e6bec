"""The three modes of the platform, driven by encryption that others wrote."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.wechat import Mode
from handlers.errors import SettingFault
from tests.bot.channels.wechat.conftest import PATH, SETTINGS
from tests.bot.channels.wechat.messages import text
from tests.peers.werobot_peer import opened, plain_query, sealed


def test_a_message_sealed_by_werobot_is_read_and_answered_sealed(door, now):
    it = door()
    answer = it.post(*sealed(SETTINGS, text("<![CDATA[低保怎么办]]>"), now))
    assert answer.status_code == 200
    assert it.message.text == "低保怎么办"
    reply = opened(SETTINGS, answer.text)
    assert reply.findtext("ToUserName") == "oUser-1"
    assert reply.findtext("FromUserName") == "gh_1"
    assert reply.findtext("MsgType") == "text"
    assert reply.findtext("Content") == it.desk.receipt.text


def test_plain_mode_reads_and_answers_plainly(door, now):
    it = door(Mode.PLAIN)
    answer = it.post(plain_query(SETTINGS, now), text("<![CDATA[你好]]>").encode())
    assert it.message.text == "你好"
    assert ET.fromstring(answer.text).findtext("Content") == it.desk.receipt.text


def test_compatible_mode_takes_both_kinds_and_answers_each_in_kind(door, now):
    it = door(Mode.COMPATIBLE)
    plain = it.post(plain_query(SETTINGS, now), text("<![CDATA[一]]>").encode())
    query, body = sealed(SETTINGS, text("<![CDATA[二]]>"), now)
    both = text("<![CDATA[伪]]>").removesuffix("</xml>").encode() + body[body.index(b"<Encrypt>") :]
    encrypted = it.post(query, both)
    assert [message.text for message in it.desk.messages] == ["一", "二"]
    assert ET.fromstring(plain.text).findtext("Content")
    assert opened(SETTINGS, encrypted.text).findtext("Content")


def test_the_check_of_the_address_is_echoed_as_plain_text(door, now):
    answer = door().client.get(PATH, params=plain_query(SETTINGS, now, echostr="<b>8917</b>"))
    assert answer.status_code == 200
    assert answer.text == "<b>8917</b>"
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_wrongly_signed_check_of_the_address_is_refused(door, now):
    query = plain_query(SETTINGS, now, echostr="1") | {"signature": "0" * 40}
    assert door().client.get(PATH, params=query).status_code == 403


@pytest.mark.parametrize("change", [{"msg_signature": "0" * 40}, {"msg_signature": ""}, {"nonce": "other"}])
def test_a_wrong_signature_is_refused_and_reaches_nobody(door, now, change):
    it = door()
    query, body = sealed(SETTINGS, text("x"), now)
    assert it.post(query | change, body).status_code == 403
    assert not it.desk.messages


def test_a_plain_body_is_refused_in_safe_mode(door, now):
    it = door()
    assert it.post(plain_query(SETTINGS, now), text("x").encode()).status_code == 403
    assert not it.desk.messages


def test_a_plain_body_with_a_wrong_signature_is_refused_in_every_mode(door, now):
    wrong = plain_query(SETTINGS, now) | {"signature": "1" * 40}
    for mode in Mode:
        assert door(mode).post(wrong, text("x").encode()).status_code == 403


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_or_future_timestamp_is_refused(door, now, minutes):
    it = door()
    assert it.post(*sealed(SETTINGS, text("x"), now + timedelta(minutes=minutes))).status_code == 403
    assert not it.desk.messages


@pytest.mark.parametrize("timestamp", ["", "abc", "-5", "１７", "9" * 40])
def test_a_timestamp_that_is_no_number_is_refused(door, now, timestamp):
    query, body = sealed(SETTINGS, text("x"), now)
    assert door().post(query | {"timestamp": timestamp}, body).status_code == 403


def test_a_message_for_another_account_is_refused(door, now):
    other = replace(SETTINGS, app_id="wxother")
    assert door().post(*sealed(other, text("x"), now)).status_code == 403


def test_another_key_gives_400_and_the_remedy(door, now):
    other = replace(SETTINGS, encoding_aes_key="z" * 42 + "A")
    answer = door().post(*sealed(other, text("x"), now))
    assert answer.status_code == 400
    assert "EncodingAESKey" in answer.text or "ciphertext" in answer.text


def test_a_key_of_the_wrong_length_stops_the_start_with_its_name():
    with pytest.raises(SettingFault, match="HUIYING_WECHAT_AES_KEY"):
        replace(SETTINGS, encoding_aes_key="short")


def test_secrets_are_not_shown_when_settings_are_printed():
    shown = repr(SETTINGS)
    assert not any(secret in shown for secret in (SETTINGS.token, SETTINGS.app_secret, SETTINGS.encoding_aes_key))


def test_other_methods_do_not_exist(door):
    assert door().client.put(PATH).status_code == 405
