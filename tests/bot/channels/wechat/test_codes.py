"""Every end of a call to the platform has one outcome, in one table; the tests read the same table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from bot.channels.wechat import WeChatChannel
from bot.channels.wechat.codes import CODES, OUTCOMES, UNLISTED, Remedy, explain, explain_http
from bot.channels.wechat.parts import parts_now, whole_parts
from handlers.errors import DeliveryError, Outcome
from handlers.messages import Notice, OutboundContent
from tests.bot.channels.wechat.conftest import SETTINGS, channel
from tests.peers.vendor import Answer, Vendor, vendor

SEND, TOKEN = "/cgi-bin/message/custom/send", "/cgi-bin/stable_token"
TEMPLATE, SUBSCRIBE = "/cgi-bin/message/template/send", "/cgi-bin/message/subscribe/bizsend"
LONG = "一二三四五。" * 250
#: What CHANNELS and the issue name, with what each must be.
NAMED = {
    45015: Outcome.FAILED, 45047: Outcome.FAILED, 45002: Outcome.FAILED, 45009: Outcome.RETRY, 40001: Outcome.RETRY,
    42001: Outcome.RETRY, 40164: Outcome.RETRY, 48001: Outcome.FAILED, 40003: Outcome.FAILED, 43004: Outcome.FAILED,
}  # fmt: skip


@pytest.fixture
def platform() -> Iterator[Vendor]:
    with vendor() as running:
        running.answers[TOKEN] = [Answer.of(access_token=name, expires_in=7200) for name in ("T1", "T1", "T2")]
        yield running


@pytest.fixture
def account(platform: Vendor, now: datetime) -> Iterator[WeChatChannel]:
    built = channel(replace(SETTINGS, api_base=platform.base), now)
    yield built
    built.close()


def failing(account: WeChatChannel, content: OutboundContent) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        account.send("oUser", content)
    return caught.value


@pytest.mark.parametrize("code", [*CODES, 12345])
def test_every_code_ends_as_the_table_says_and_is_never_asked_twice_for_nothing(account, platform, now, code) -> None:
    platform.answers[SEND] = [Answer.of(errcode=code, errmsg="x")]
    fault, known = failing(account, OutboundContent("您好")), explain(code)
    assert (fault.outcome, fault.vendor_code) == (known.outcome, str(code))
    assert known.text in str(fault)
    assert len(platform.to(SEND)) == (2 if known.remedy is Remedy.REFRESH else 1)
    assert (fault.retry_at is not None and fault.retry_at > now) == (known.outcome is Outcome.RETRY)
    assert fault.parts_done == 0


def test_the_table_decides_the_codes_that_the_channel_facts_name() -> None:
    assert {code: CODES[code].outcome for code in NAMED} == NAMED
    assert set(OUTCOMES) == set(Remedy)
    assert UNLISTED.outcome is Outcome.RETRY
    assert all(known.text and not known.text.endswith("。") for known in CODES.values())


@pytest.mark.parametrize("status", [301, 403, 404, 413, 429, 500, 502, 503, 504])
def test_an_http_status_ends_as_the_table_says(account, platform, status) -> None:
    platform.answers[SEND] = [Answer(b"", status)]
    fault = failing(account, OutboundContent("您好"))
    assert (fault.outcome, fault.vendor_code) == (explain_http(status).outcome, f"http {status}")


@pytest.mark.parametrize("code", CODES)
def test_of_a_long_text_every_code_leaves_known_what_went_out(account, platform, code) -> None:
    platform.answers[SEND] = [Answer.of(errcode=0), Answer.of(errcode=code, errmsg="x")]
    fault = failing(account, OutboundContent(LONG))
    assert (fault.outcome, fault.parts_done) == (explain(code).outcome, 1)


def test_a_long_text_is_numbered_and_goes_on_where_it_stopped(account, platform) -> None:
    platform.answers[SEND] = [Answer.of(errcode=0)]
    content = OutboundContent(LONG, "https://mz.example/progress")
    total = account.parts(content)
    assert account.send("oUser", replace(content, most=2)).parts == 2
    assert account.send("oUser", replace(content, skip=2)).parts == total - 2
    sent = [json.loads(body)["text"]["content"] for _, body in platform.to(SEND)]
    assert [text.split("）")[0] for text in sent] == [f"（{n}/{total}" for n in range(1, total + 1)]
    assert "回复“进度”" in sent[1] and "https://mz.example/progress" in sent[1]
    assert "回复“进度”" not in sent[0] + sent[-1]
    assert all(len(text) <= 600 and len(text.encode()) <= 2048 for text in sent)


@pytest.mark.parametrize("letters", [1, 599, 600, 601, 1300, 9999])
@pytest.mark.parametrize("letter", ["一", "a", "😀"])
def test_the_parts_of_a_text_join_to_it_and_none_is_longer_than_the_platform_takes(letters, letter) -> None:
    text = letter * letters
    content = OutboundContent(text, "https://mz.example/" + "p" * 250)
    parts = whole_parts(content)
    bare = [part.partition("）")[2] for part in parts] if len(parts) > 1 else parts
    assert "".join(bare) == f"{text}\n{content.link}"
    for most in range(1, len(parts) + 1):
        now = parts_now(replace(content, most=most))
        assert len(now) == most
        assert all(len(part.encode()) <= 2048 for part in now)


@pytest.mark.parametrize(("way", "path", "where"), [("template", TEMPLATE, "url"), ("subscription", SUBSCRIBE, "page")])
def test_a_notice_carries_its_template_its_fields_and_the_address(account, platform, way, path, where) -> None:
    platform.answers[path] = [Answer.of(errcode=0, errmsg="ok", msgid=200228332)]
    notice = Notice(way, "T-1", {"thing1": "二〇二六年十一月二十三日收到的那一件诉求", "thing2": ""})
    proof = account.send("oUser", OutboundContent("答复全文", "https://mz.example/progress", notice=notice))
    assert (proof.ref, proof.parts) == ("200228332", 0)
    [(_, body)] = platform.to(path)
    sent = json.loads(body)
    assert (sent["touser"], sent["template_id"], sent[where]) == ("oUser", "T-1", "https://mz.example/progress")
    assert all(0 < len(field["value"]) <= 20 for field in sent["data"].values())
    assert "答复全文" not in body.decode()


@pytest.mark.parametrize("code", [43101, 47003, 40037, 48001])
def test_a_refused_notice_is_failed_so_that_the_next_is_tried(account, platform, code) -> None:
    platform.answers[TEMPLATE] = [Answer.of(errcode=code, errmsg="x")]
    fault = failing(account, OutboundContent("", notice=Notice("template", "T", {"thing1": "x"})))
    assert fault.outcome is Outcome.FAILED
