"""Alerts over 企业微信: number and link, nothing personal, the truth about what became of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from bot.channels.wechat import MemoryTokenStore
from bot.channels.wecom import WeComChannel, WeComSettings
from handlers.errors import DeliveryError, Outcome, SettingFault
from handlers.messages import OutboundContent
from tests.peers.vendor import Answer, Vendor, vendor

SEND, TOKEN = "/cgi-bin/message/send", "/cgi-bin/gettoken"
OK = Answer.of(errcode=0, errmsg="ok", msgid="m-1")
ALERT = OutboundContent("【督办】20261123-0007 即将超期。", "https://mz.example.gov.cn/console/cases/20261123-0007")


@pytest.fixture
def platform() -> Iterator[Vendor]:
    with vendor() as running:
        running.answers[TOKEN] = [Answer.of(errcode=0, access_token=name, expires_in=7200) for name in ("T1", "T2")]
        running.answers[SEND] = [OK]
        yield running


@pytest.fixture
def channel(platform: Vendor, now) -> Iterator[WeComChannel]:
    settings = WeComSettings("corp", "1000002", "a-secret", platform.base, connect_seconds=1, answer_seconds=1)
    built = WeComChannel(settings, lambda: now, lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))  # type: ignore[arg-type]
    yield built
    built.close()


def failing(channel: WeComChannel, content: OutboundContent = ALERT) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send("zhangmin", content)
    return caught.value


def test_an_alert_goes_to_the_member_and_leaves_a_proof(channel, platform):
    assert channel.send("zhangmin|wanglei", ALERT).vendor_id == "m-1"
    query, body = platform.to(SEND)[0]
    sent = json.loads(body)
    assert query == {"access_token": "T1"}
    assert (sent["touser"], sent["agentid"], sent["msgtype"]) == ("zhangmin|wanglei", 1000002, "text")
    assert sent["text"]["content"] == f"{ALERT.text}\n{ALERT.link}"


@pytest.mark.parametrize("personal", ["13800138000", "15012319800101123X", "0471-5201234", "来电 13912345678。"])
def test_an_alert_with_a_persons_numbers_never_leaves(channel, platform, personal):
    assert failing(channel, OutboundContent(f"20261123-0007 {personal}")).outcome is Outcome.FAILED
    assert not platform.asked


@pytest.mark.parametrize("text", ["20261123-0007", "20261123-10007 已超期 2 天", "11月25日 17:00 前"])
def test_a_case_number_is_not_taken_for_one(channel, text):
    channel.send("zhangmin", OutboundContent(text))


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_dead_token_is_refreshed_once(channel, platform, code):
    platform.answers[SEND] = [Answer.of(errcode=code, errmsg="x"), OK]
    channel.send("zhangmin", ALERT)
    assert [query["access_token"] for query, _ in platform.to(SEND)] == ["T1", "T2"]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(81013, Outcome.FAILED), (60011, Outcome.FAILED), (60020, Outcome.RETRY), (45009, Outcome.RETRY),
     (-1, Outcome.RETRY), (77777, Outcome.RETRY)],
)  # fmt: skip
def test_codes_have_one_outcome_each(channel, platform, code, outcome):
    platform.answers[SEND] = [Answer.of(errcode=code, errmsg="x")]
    fault = failing(channel)
    assert (fault.outcome, fault.vendor_code) == (outcome, str(code))


def test_a_member_whom_the_platform_does_not_know_is_a_failure_although_it_says_ok(channel, platform):
    platform.answers[SEND] = [Answer.of(errcode=0, errmsg="ok", invaliduser="zhangmin", msgid="m")]
    assert failing(channel).outcome is Outcome.FAILED


def test_a_member_missed_among_several_is_named_in_the_proof(channel, platform):
    platform.answers[SEND] = [Answer.of(errcode=0, errmsg="ok", invaliduser="wanglei", msgid="m")]
    assert "wanglei" in channel.send("zhangmin|wanglei", ALERT).note


@pytest.mark.parametrize("answer", [Answer(b"x"), Answer(hang_up=True), Answer.of(errcode=40001), Answer.of(errcode=0)])
def test_trouble_with_the_token_is_a_retry(channel, platform, answer):
    platform.answers[TOKEN] = [answer]
    assert failing(channel).outcome is Outcome.RETRY
    assert not platform.to(SEND)


def test_nothing_secret_is_logged(channel, platform, caplog):
    with caplog.at_level(logging.DEBUG):
        channel.send("zhangmin", ALERT)
    assert "a-secret" not in caplog.text
    assert "T1" not in caplog.text


def test_a_wrong_agent_id_stops_the_start_with_its_name():
    with pytest.raises(SettingFault, match="HUIYING_WECOM_AGENT_ID"):
        WeComSettings("corp", "agent", "s")
