"""The webhook: who is let in, what is stored, what goes back in the same response."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.channel import PATH
from handlers.messages import MessageKind
from tests.bot.channels.telegram.conftest import SECRET, FakeIntake
from tests.bot.channels.telegram.fake_bot_api import text_update
from tests.web_client import TestClient

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest.fixture
def client(make: Callable[..., TelegramChannel], intake: FakeIntake) -> TestClient:
    channel = make(webhook_url="https://example.invalid" + PATH)
    return TestClient(Starlette(routes=channel.routes(intake)), headers=HEADERS)


def test_a_text_is_stored_and_its_receipt_goes_back_in_the_same_response(client: TestClient, intake: FakeIntake):
    answer = client.post(PATH, json=text_update(900, "低保怎么申请"))
    assert answer.json() == {
        "method": "sendMessage", "chat_id": 4242, "text": "您好，留言已收到，编号 20261122-0007。",
        "link_preview_options": {"is_disabled": True},
    }  # fmt: skip
    message = intake.stored["900"]
    assert (message.channel, message.account, message.sender_id) == ("telegram", "123456", "4242")
    assert (message.text, message.kind) == ("低保怎么申请", MessageKind.TEXT)
    assert message.sent_at.timestamp() == 1795300000


def test_a_repeated_update_is_stored_once_and_answered_the_same(client: TestClient, intake: FakeIntake):
    answers = [client.post(PATH, json=text_update(900, "低保怎么申请")).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(intake.stored) == 1


@pytest.mark.parametrize("secret", ["", "another-word", SECRET + "x", "密"])
def test_a_wrong_secret_is_refused(client: TestClient, intake: FakeIntake, secret: str):
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret.encode()}
    assert client.post(PATH, json=text_update(1, "你好"), headers=headers).status_code == 403
    assert not intake.tries


def test_a_missing_secret_is_refused(make: Callable[..., TelegramChannel], intake: FakeIntake):
    channel = make(webhook_url="https://example.invalid" + PATH)
    bare = TestClient(Starlette(routes=channel.routes(intake)))
    assert bare.post(PATH, json=text_update(1, "你好")).status_code == 403


MALFORMED: list[Any] = [
    b"", b"{", b"\xff\xfe", b"null", b"[]", b"7", b'"x"', b"{}", b"[" * 100_000, b'{"a":' * 50_000,
    b'{"update_id": "7"}', b'{"update_id": true}', b'{"update_id": -1}', b'{"update_id": 1e400}',
    {"update_id": 1, "message": "text"}, {"update_id": 1, "message": []}, {"update_id": 1, "message": {}},
    {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": 5, "text": "x"}},
    {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": "x", "type": "private"}, "text": "x"}},
    {"update_id": 1, "message": {"message_id": 1, "date": 10**30, "chat": {"id": 5, "type": "private"}, "text": "x"}},
    {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": 5}},
    {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": ["x"]}},
    {"update_id": 1, "message": {"message_id": 1, "date": "x", "chat": {"id": 5, "type": "private"}, "text": "x"}},
    {"update_id": 1, "my_chat_member": {"chat": 3}},
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED)
def test_a_malformed_update_is_a_clear_400(client: TestClient, intake: FakeIntake, body: Any):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert client.post(PATH, content=content).status_code == 400
    assert not intake.tries


def test_an_oversized_body_is_refused_with_413(client: TestClient):
    assert client.post(PATH, content=b" " * (256 * 1024 + 1)).status_code == 413


def test_when_nothing_can_be_stored_nothing_is_claimed(client: TestClient, intake: FakeIntake):
    intake.away = 1
    assert client.post(PATH, json=text_update(5, "你好")).status_code == 503
    assert client.post(PATH, json=text_update(5, "你好")).status_code == 200


def test_a_photograph_is_not_taken_and_the_answer_points_to_the_web_form(client: TestClient, intake: FakeIntake):
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    answer = client.post(PATH, json=text_update(6, "", photo=photo)).json()
    assert answer["text"] == "〔telegram_no_files_alone〕请用 https://example.invalid/write"
    assert (intake.stored["6"].event, intake.stored["6"].media) == ("not_taken_photo", ())


def test_the_words_beside_a_photograph_are_taken(client: TestClient, intake: FakeIntake):
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    answer = client.post(PATH, json=text_update(6, "", photo=photo, caption="楼道灯坏了")).json()
    assert answer["text"].startswith("〔telegram_no_files〕") and "20261122-0007" in answer["text"]
    assert intake.stored["6"].text == "楼道灯坏了"


@pytest.mark.parametrize(
    "written",
    [
        "150105194903072314",
        "15010519490307231X",
        "150105 19490307 2314",
        "１５０１０５１９４９０３０７２３１４",
        "150105490307231",
    ],
)
def test_an_identity_number_is_masked_before_anything_is_stored(client: TestClient, intake: FakeIntake, written: str):
    answer = client.post(PATH, json=text_update(7, f"我的身份证是{written}，请查低保")).json()
    message = intake.stored["7"]
    assert message.text == f"我的身份证是{written[:2]}{'＊' * (len(written) - 2)}，请查低保"
    assert written not in message.raw.decode()
    assert answer["text"].startswith("〔telegram_no_identity〕")


@pytest.mark.parametrize("number", ["20261122-0007", "13800001111", "6222021234567890123", "0471-1234567"])
def test_other_numbers_are_kept_as_written(client: TestClient, intake: FakeIntake, number: str):
    client.post(PATH, json=text_update(8, f"号码 {number}"))
    assert intake.stored["8"].text == f"号码 {number}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/progress", "进度"), ("/progress 20261122-0007", "进度 20261122-0007"), ("/help@huiying_bot", "帮助"),
        ("/withdraw", "撤回"), ("/unknown x", "/unknown x"),
    ],
)  # fmt: skip
def test_a_command_is_read_as_the_word_it_stands_for(client: TestClient, intake: FakeIntake, written: str, read: str):
    client.post(PATH, json=text_update(9, written))
    assert intake.stored["9"].text == read


def test_starting_the_bot_is_a_subscription(client: TestClient, intake: FakeIntake):
    client.post(PATH, json=text_update(10, "/start"))
    assert (intake.stored["10"].kind, intake.stored["10"].event) == (MessageKind.EVENT, "subscribe")


def test_blocking_the_bot_is_stored_and_not_answered(client: TestClient, intake: FakeIntake):
    person = {"id": 4242, "is_bot": False, "first_name": "甲"}
    member = {"status": "member", "user": person}
    change = {
        "chat": {"id": 4242, "type": "private"}, "from": person, "date": 1795300000,
        "old_chat_member": member, "new_chat_member": {"status": "kicked", "user": person, "until_date": 0},
    }  # fmt: skip
    assert client.post(PATH, json={"update_id": 11, "my_chat_member": change}).json() == {}
    assert (intake.stored["11"].event, intake.stored["11"].sender_id) == ("unsubscribe", "4242")


def test_a_group_gets_no_answer(client: TestClient, intake: FakeIntake):
    update = text_update(12, "这里有人吗")
    update["message"]["chat"] = {"id": -100123, "type": "supergroup", "title": "群"}
    assert client.post(PATH, json=update).json() == {}
    assert intake.stored["12"].kind is MessageKind.EVENT


def test_an_unknown_kind_of_update_is_acknowledged_and_stored(client: TestClient, intake: FakeIntake):
    assert client.post(PATH, json={"update_id": 13, "something_new": {"a": 1}}).status_code == 200
    assert intake.stored["13"].sender_id == "unknown"


def test_an_edited_text_is_stored_as_a_message_of_its_own(client: TestClient, intake: FakeIntake):
    update = text_update(14, "改过的话", edit_date=1795300100)
    update["edited_message"] = update.pop("message")
    client.post(PATH, json=update)
    assert (intake.stored["14"].text, intake.stored["14"].details["edited"]) == ("改过的话", "yes")


@pytest.mark.parametrize("text", ["x" * 4096, "الرجاء \u202e]]>", "<b>&amp;</b>", "😀" * 500, "第一行\n第二行 "])
def test_a_text_is_kept_verbatim(client: TestClient, intake: FakeIntake, text: str):
    client.post(PATH, json=text_update(15, text))
    assert intake.stored["15"].text == text


def test_there_is_no_webhook_when_polling(make: Callable[..., TelegramChannel], intake: FakeIntake):
    assert make().routes(intake) == []
