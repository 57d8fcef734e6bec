"""Sending: paced, split, and truthful about what happened when Telegram is late, wrong or silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.pace import Pace
from handlers.errors import DeliveryError, Outcome
from handlers.messages import MediaRef, MessageKind, OutboundContent, Receipt
from tests.bot.channels.telegram.conftest import NOW, TOKEN
from tests.bot.channels.telegram.fake_bot_api import Answer, FakeBotApi, refused

Make = Callable[..., TelegramChannel]


def failure(channel: TelegramChannel, text: str = "您的诉求有了答复。") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send("4242", OutboundContent(text))
    assert TOKEN not in str(caught.value)
    return caught.value


def test_a_text_is_sent_with_its_link_and_proved_by_the_message_id(make: Make, api: FakeBotApi):
    proof = make().send("4242", OutboundContent("有新的答复。", "https://example.invalid/c/1"))
    assert proof.vendor_id == "1"
    assert api.sent[0]["chat_id"] == "4242"
    assert api.sent[0]["text"] == "有新的答复。\nhttps://example.invalid/c/1"


def test_a_long_text_is_split_on_sentence_ends_and_loses_nothing(make: Make, api: FakeBotApi):
    text = "这是很长的一句话，说的是同一件事。" * 600
    proof = make().send("4242", OutboundContent(text))
    pieces = [sent["text"] for sent in api.sent]
    assert len(pieces) == 3 and "".join(pieces) == text
    assert all(len(piece) <= 4096 and piece.endswith("。") for piece in pieces)
    assert proof.vendor_id == "1,2,3"


def test_emoji_count_two_as_telegram_counts_them(make: Make, api: FakeBotApi):
    make().send("4242", OutboundContent("😀" * 3000))
    assert [len(sent["text"]) for sent in api.sent] == [2048, 952]


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        (refused(403, "Forbidden: bot was blocked by the user"), Outcome.FAILED, "403"),
        (refused(400, "Bad Request: chat not found"), Outcome.FAILED, "400"),
        (refused(400, "migrated", migrate_to_chat_id=-5), Outcome.FAILED, "400"),
        (refused(401, "Unauthorized"), Outcome.RETRY, "401"),
        (refused(409, "Conflict"), Outcome.RETRY, "409"),
        (refused(429, "Too Many Requests"), Outcome.RETRY, "429"),
        (refused(500, "Internal Server Error"), Outcome.RETRY, "500"),
        (Answer(503, b"<html>"), Outcome.RETRY, "503"),
        (Answer(502, b"<html>Bad Gateway</html>"), Outcome.UNKNOWN, "502"),
        (Answer(200, b'{"ok": true, "resu'), Outcome.UNKNOWN, ""),
        (Answer(200, b"[]"), Outcome.UNKNOWN, ""),
        (Answer(200, b'{"ok": true, "result": {}}'), Outcome.UNKNOWN, ""),
        (Answer(200, b'{"ok": true, "result": true}'), Outcome.UNKNOWN, ""),
        (Answer(200, b"\xff"), Outcome.UNKNOWN, ""),
        (Answer(silent=True), Outcome.UNKNOWN, "RemoteProtocolError"),
    ],
)
def test_every_failure_has_its_outcome(make: Make, api: FakeBotApi, answer: Answer, outcome: Outcome, code: str):
    api.will("sendMessage", answer)
    fault = failure(make())
    assert fault.outcome is outcome
    assert code in fault.vendor_code
    assert (fault.retry_at is not None) == (outcome is Outcome.RETRY)


def test_a_limit_names_the_time_of_the_next_try(make: Make, api: FakeBotApi):
    api.will("sendMessage", refused(429, "Too Many Requests: retry after 17", retry_after=17))
    assert failure(make()).retry_at == NOW + timedelta(seconds=17)


def test_after_a_limit_the_chat_is_left_alone_until_then(make: Make, api: FakeBotApi):
    api.will("sendMessage", refused(429, "Too Many Requests: retry after 17", retry_after=17))
    channel = make()
    failure(channel)
    assert failure(channel).outcome is Outcome.RETRY
    assert len(api.called("sendMessage")) == 1


def test_an_answer_that_comes_too_late_is_unknown_and_not_sent_again(make: Make, api: FakeBotApi):
    api.will("sendMessage", Answer(late=0.5))
    assert failure(make(answer_seconds=0.1)).outcome is Outcome.UNKNOWN
    assert len(api.called("sendMessage")) == 1


def test_when_telegram_cannot_be_reached_nothing_was_sent(make: Make, api: FakeBotApi):
    fault = failure(make(api_base="http://127.0.0.1:9"))
    assert fault.outcome is Outcome.RETRY and fault.retry_at == NOW + timedelta(seconds=60)


def test_a_failure_after_the_first_part_is_unknown(make: Make, api: FakeBotApi):
    api.will(
        "sendMessage", Answer(body=b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"}}}')
    )
    api.will("sendMessage", refused(403, "Forbidden"))
    fault = failure(make(), "一句话。" * 1200)
    assert fault.outcome is Outcome.UNKNOWN and "前 1 条已送出" in str(fault)


@pytest.mark.parametrize(
    "text", ["身份证 150105194903072314", "电话 13912345678", "卡号 6222 0212 3456 7890 123", "电话 139 1234 5678"]
)
def test_personal_numbers_are_never_sent_abroad(make: Make, api: FakeBotApi, text: str):
    fault = failure(make(), text)
    assert fault.outcome is Outcome.FAILED and fault.vendor_code == "personal_data"
    assert not api.calls


def test_the_bureaus_own_mobile_number_may_be_said(make: Make, api: FakeBotApi):
    make().send("4242", OutboundContent("值班电话 13800001111，编号 20261122-0007。"))
    assert len(api.sent) == 1


def test_a_receipt_with_personal_numbers_is_replaced_by_the_way_to_the_web(make: Make):
    content = make().acknowledge(Receipt("编号 20261122-0007 已答复：请联系 13912345678。"))
    assert content is not None and content.text.startswith("〔telegram_withheld〕")


def test_a_receipt_is_one_message(make: Make):
    content = make().acknowledge(Receipt("这是很长的一句话，说的是同一件事。" * 600))
    assert content is not None and len(content.text) <= 4096 and content.text.endswith("）")
    assert make().acknowledge(Receipt("")) is None


@pytest.mark.parametrize(("to", "text"), [("", "x"), ("@name", "x"), ("4242", "  \n ")])
def test_what_cannot_be_sent_is_refused_before_it_is_tried(make: Make, api: FakeBotApi, to: str, text: str):
    with pytest.raises(DeliveryError) as caught:
        make().send(to, OutboundContent(text))
    assert caught.value.outcome is Outcome.FAILED and not api.calls


def test_no_file_is_ever_fetched(make: Make):
    with pytest.raises(DeliveryError):
        make().fetch(MediaRef(MessageKind.IMAGE, "f"))


def test_one_chat_gets_one_message_a_second(make: Make):
    waits: list[float] = []
    channel = make(waits=waits, clock=lambda: 100.0)
    for text in ("一", "二", "三"):
        channel.send("4242", OutboundContent(text))
    assert waits == pytest.approx([1.0, 2.0])


def test_all_chats_together_get_thirty_a_second():
    pace = Pace(lambda: 50.0)
    waits = [pace.turn(str(chat), 5.0)[0] for chat in range(61)]
    assert waits[30] == pytest.approx(1.0) and waits[60] == pytest.approx(2.0)


def test_a_queue_longer_than_the_patience_is_told_when_to_come_back(make: Make, api: FakeBotApi):
    channel = make(clock=lambda: 100.0, patience=2.0)
    for text in ("一", "二", "三"):
        channel.send("4242", OutboundContent(text))
    assert failure(channel).retry_at == NOW + timedelta(seconds=3)


def test_a_closed_channel_can_send_again(make: Make, api: FakeBotApi):
    channel = make()
    channel.send("4242", OutboundContent("一"))
    channel.close()
    channel.send("4243", OutboundContent("二"))
    assert len(api.sent) == 2
