"""Sending and fetching against a vendor over real HTTP that answers rightly, wrongly, half, or not at all."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.wechat import WeChatChannel, menu_definition
from handlers.errors import DeliveryError, InvalidInput, Outcome
from handlers.messages import MediaRef, MessageKind, OutboundContent
from tests.bot.channels.wechat.conftest import SETTINGS, channel
from tests.peers.vendor import Answer, Vendor, closed_port, vendor

SEND, TOKEN, MEDIA = "/cgi-bin/message/custom/send", "/cgi-bin/stable_token", "/cgi-bin/media/get"
OK = Answer.of(errcode=0, errmsg="ok")


@pytest.fixture
def platform() -> Iterator[Vendor]:
    with vendor() as running:
        running.answers[TOKEN] = [Answer.of(access_token="T1", expires_in=7200)]
        running.answers[SEND] = [OK]
        yield running


@pytest.fixture
def account(platform: Vendor, now: datetime) -> Iterator[WeChatChannel]:
    built = channel(replace(SETTINGS, api_base=platform.base), now)
    yield built
    built.close()


def failing(account: WeChatChannel, text: str = "您好") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        account.send("oUser", OutboundContent(text))
    return caught.value


def test_a_text_goes_out_as_utf8_with_the_token(account, platform):
    proof = account.send("oUser", OutboundContent("您的编号是 1 😀", "https://x.example/t"))
    query, body = platform.to(SEND)[0]
    assert query == {"access_token": "T1"}
    assert "您的编号是" in body.decode()
    sent = json.loads(body)
    assert sent == {"touser": "oUser", "msgtype": "text", "text": {"content": "您的编号是 1 😀\nhttps://x.example/t"}}
    assert proof.note


def test_the_token_is_asked_for_once_and_kept(account, platform):
    for _ in range(3):
        account.send("oUser", OutboundContent("好"))
    asked = platform.to(TOKEN)
    assert len(asked) == 1
    assert json.loads(asked[0][1]) == {
        "grant_type": "client_credential",
        "appid": SETTINGS.app_id,
        "secret": SETTINGS.app_secret,
        "force_refresh": False,
    }


@pytest.mark.parametrize("code", [40001, 42001, 40014])
def test_a_dead_token_is_refreshed_once_and_the_text_sent(account, platform, code):
    platform.answers[TOKEN] = [Answer.of(access_token=name, expires_in=7200) for name in ("T1", "T1", "T2")]
    platform.answers[SEND] = [Answer.of(errcode=code, errmsg="x"), OK]
    account.send("oUser", OutboundContent("好"))
    assert [query["access_token"] for query, _ in platform.to(SEND)] == ["T1", "T2"]
    assert [json.loads(body)["force_refresh"] for _, body in platform.to(TOKEN)] == [False, False, True]


def test_a_token_refused_twice_is_tried_again_later(account, platform, now):
    platform.answers[SEND] = [Answer.of(errcode=40001, errmsg="x")]
    fault = failing(account)
    assert (fault.outcome, fault.vendor_code) == (Outcome.RETRY, "40001")
    assert fault.retry_at is not None
    assert fault.retry_at > now
    assert len(platform.to(SEND)) == 2


def test_a_used_up_daily_quota_waits_for_midnight_in_china(account, platform):
    platform.answers[SEND] = [Answer.of(errcode=45009, errmsg="x")]
    assert failing(account).retry_at == datetime(2026, 11, 23, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(hang_up=True), Outcome.UNKNOWN),
        (Answer(b"not json"), Outcome.UNKNOWN),
        (Answer(b"[1]"), Outcome.UNKNOWN),
        (Answer(b"[" * 100_000), Outcome.UNKNOWN),
        (Answer(b"", 500), Outcome.UNKNOWN),
        (Answer(b"", 502), Outcome.UNKNOWN),
        (Answer(b"", 504), Outcome.UNKNOWN),
        (Answer(b"", 503), Outcome.RETRY),
        (Answer(b"", 429), Outcome.RETRY),
        (Answer(b"", 403), Outcome.RETRY),
        (Answer(b"<html>portal</html>", 302), Outcome.RETRY),
        (Answer(b"{}"), Outcome.UNKNOWN),
        (Answer(b'{"errcode":"strange"}'), Outcome.UNKNOWN),
    ],
)
def test_an_answer_that_says_nothing_sure_is_unknown_and_a_refusal_is_not(account, platform, answer, outcome):
    platform.answers[SEND] = [answer]
    assert failing(account).outcome is outcome
    assert len(platform.to(SEND)) == 1


def test_no_answer_in_time_is_unknown(platform, now):
    import threading

    silent = threading.Event()
    original = platform.next
    platform.next = lambda path: (silent.wait(5), original(path))[1] if path == SEND else original(path)  # type: ignore[method-assign]
    account = channel(replace(SETTINGS, api_base=platform.base, answer_seconds=0.1), now)
    assert failing(account).outcome is Outcome.UNKNOWN
    silent.set()
    account.close()


def test_a_platform_that_cannot_be_reached_is_a_retry(now):
    account = channel(replace(SETTINGS, api_base=f"http://127.0.0.1:{closed_port()}"), now)
    assert failing(account).outcome is Outcome.RETRY
    account.close()


@pytest.mark.parametrize("answer", [Answer(b"x"), Answer(hang_up=True), Answer(b"", 500), Answer.of(errcode=40164)])
def test_trouble_with_the_token_is_always_a_retry_because_nothing_was_sent(account, platform, answer):
    platform.answers[TOKEN] = [answer]
    assert failing(account).outcome is Outcome.RETRY
    assert not platform.to(SEND)


def test_a_long_text_goes_in_parts_that_join_to_the_whole(account, platform):
    text = "".join(f"第{number}条：请带身份证到社区办理。" for number in range(120))
    account.send("oUser", OutboundContent(text))
    parts = [json.loads(body)["text"]["content"] for _, body in platform.to(SEND)]
    assert "".join(part.partition("）")[2] for part in parts) == text
    assert len(parts) == account.parts(OutboundContent(text)) > 1
    assert all(len(part) <= 600 and part.endswith("。") for part in parts)


def test_a_later_part_that_fails_says_what_went_out(account, platform):
    platform.answers[SEND] = [OK, Answer.of(errcode=45047, errmsg="x")]
    fault = failing(account, "一二三四五。" * 250)
    assert (fault.outcome, fault.vendor_code, fault.parts_done) == (Outcome.FAILED, "45047", 1)
    assert "前 1 条已送出" in str(fault)


def test_of_a_later_part_without_an_answer_nobody_can_say(account, platform):
    platform.answers[SEND] = [OK, Answer(hang_up=True)]
    fault = failing(account, "一二三四五。" * 250)
    assert (fault.outcome, fault.parts_done) == (Outcome.UNKNOWN, 1)


def test_an_empty_text_is_refused(account, platform):
    assert failing(account, " \n").outcome is Outcome.FAILED
    assert not platform.asked


def test_neither_token_nor_secret_nor_words_are_logged(account, platform, caplog):
    with caplog.at_level(logging.DEBUG):
        account.send("oUser", OutboundContent("秘密的话"))
        platform.answers[SEND] = [Answer(hang_up=True)]
        fault = failing(account, "秘密的话")
    for secret in ("T1", SETTINGS.app_secret, "秘密的话", "oUser"):
        assert secret not in caplog.text.replace("urllib3", "")
        assert secret not in str(fault)


def test_a_picture_is_fetched(account, platform):
    platform.answers[MEDIA] = [Answer(b"\x89PNG", content_type="image/png")]
    assert account.fetch(MediaRef(MessageKind.IMAGE, "m-1")) == (b"\x89PNG", "image/png")
    assert platform.to(MEDIA)[0][0] == {"access_token": "T1", "media_id": "m-1"}


def test_fetching_refreshes_a_dead_token_too(account, platform):
    platform.answers[TOKEN] = [Answer.of(access_token=name, expires_in=7200) for name in ("T1", "T2")]
    platform.answers[MEDIA] = [Answer.of(errcode=42001, errmsg="x"), Answer(b"AMR", content_type="audio/amr")]
    assert account.fetch(MediaRef(MessageKind.VOICE, "m-1"))[0] == b"AMR"


def test_a_video_is_fetched_where_the_platform_points(account, platform):
    platform.answers[MEDIA] = [Answer.of(video_url=f"{platform.base}/v/1")]
    platform.answers["/v/1"] = [Answer(b"MP4", content_type="video/mp4")]
    assert account.fetch(MediaRef(MessageKind.VIDEO, "m-1")) == (b"MP4", "video/mp4")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer.of(errcode=40007, errmsg="x"), Outcome.FAILED),
        (Answer(b"x" * 2000, content_type="image/png"), Outcome.FAILED),
        (Answer(b"", 500), Outcome.RETRY),
        (Answer(hang_up=True), Outcome.RETRY),
    ],
)
def test_fetching_can_always_be_tried_again_unless_the_file_is_gone_or_too_large(platform, now, answer, outcome):
    platform.answers[MEDIA] = [answer]
    account = channel(replace(SETTINGS, api_base=platform.base, media_cap=1000), now)
    with pytest.raises(DeliveryError) as caught:
        account.fetch(MediaRef(MessageKind.IMAGE, "m-1"))
    assert caught.value.outcome is outcome
    account.close()


@pytest.mark.parametrize("reference", ["", "../x", "http://10.0.0.1/", "a" * 600])
def test_what_is_no_media_id_is_never_asked_for(account, platform, reference):
    with pytest.raises(DeliveryError):
        account.fetch(MediaRef(MessageKind.IMAGE, reference))
    assert not platform.asked


def test_the_menu_is_one_the_platform_takes_and_is_published(account, platform):
    platform.answers["/cgi-bin/menu/create"] = [OK]
    menu = menu_definition("https://mz.example.gov.cn")
    assert len(menu["button"]) == 3
    assert all(len(button["sub_button"]) <= 5 for button in menu["button"])
    account.publish_menu(menu)
    assert json.loads(platform.to("/cgi-bin/menu/create")[0][1]) == menu


def test_a_menu_that_is_too_large_is_refused_before_it_is_sent(account, platform):
    with pytest.raises(InvalidInput):
        account.publish_menu({"button": menu_definition()["button"] * 2})
    assert not platform.asked


def test_pushing_is_for_service_accounts_with_a_secret(now):
    assert channel(SETTINGS, now).capabilities.can_push
    assert not channel(replace(SETTINGS, service_account=False), now).capabilities.can_push
    assert not channel(replace(SETTINGS, app_secret=""), now).capabilities.can_push


def test_an_expired_token_is_asked_for_again(platform, now):
    from bot.channels.wechat import MemoryTokenStore

    clock = [0.0]
    account = WeChatChannel(
        replace(SETTINGS, api_base=platform.base), lambda: now, lambda fetch: MemoryTokenStore(fetch, lambda: clock[0])
    )
    account.send("oUser", OutboundContent("一"))
    clock[0] = timedelta(seconds=7150).total_seconds()
    account.send("oUser", OutboundContent("二"))
    assert len(platform.to(TOKEN)) == 2
    account.close()
