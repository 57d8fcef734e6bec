"""Polling and set-up: in the background, patient, and letting go of an update only once it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.channels.telegram import TelegramChannel, TelegramSettings
from handlers.errors import SettingFault
from tests.bot.channels.telegram.conftest import SECRET, TOKEN, FakeIntake
from tests.bot.channels.telegram.fake_bot_api import Answer, FakeBotApi, refused, text_update

Make = Callable[..., TelegramChannel]


def run(channel: TelegramChannel, intake: FakeIntake, api: FakeBotApi, holds: Callable[[], bool]) -> None:
    """Start the channel, wait until ``holds()``, stop it."""

    async def main() -> None:
        await channel.start(intake)
        try:
            await asyncio.to_thread(api.wait_until, holds)
        finally:
            await channel.stop()

    asyncio.run(main())


def confirmed(api: FakeBotApi) -> int:
    return max((int(fields.get("offset", 0)) for fields in api.called("getUpdates")), default=0)


def test_a_polled_text_is_stored_answered_and_confirmed(make: Make, intake: FakeIntake, api: FakeBotApi):
    api.push(text_update(70, "低保怎么申请"))
    run(make(), intake, api, lambda: bool(api.sent) and confirmed(api) == 71)
    assert intake.stored["70"].text == "低保怎么申请"
    assert api.sent[0]["text"] == "您好，留言已收到，编号 20261122-0007。"


def test_an_update_is_not_let_go_before_it_is_stored(make: Make, intake: FakeIntake, api: FakeBotApi):
    intake.away = 2
    api.push(text_update(70, "一"), text_update(71, "二"))
    run(make(), intake, api, lambda: len(api.sent) == 2)
    assert list(intake.stored) == ["70", "71"]
    offsets = [int(fields.get("offset", 0)) for fields in api.called("getUpdates")]
    assert offsets[:3] == [0, 0, 0]


def test_an_unreadable_update_does_not_hold_up_the_next(make: Make, intake: FakeIntake, api: FakeBotApi):
    broken = {"update_id": 70, "message": {"message_id": 1, "date": 1, "chat": {"id": "x", "type": "private"}}}
    api.push(broken, text_update(71, "后一条"))
    run(make(), intake, api, lambda: confirmed(api) == 72)
    assert list(intake.stored) == ["71"]


@pytest.mark.parametrize(
    "trouble", [Answer(502, b"<html>"), Answer(200, b"{"), Answer(silent=True), refused(409, "Conflict: terminated")]
)
def test_polling_goes_on_after_trouble(make: Make, intake: FakeIntake, api: FakeBotApi, trouble: Answer):
    api.will("getUpdates", trouble)
    api.push(text_update(70, "你好"))
    run(make(), intake, api, lambda: confirmed(api) == 71)


def test_the_program_starts_though_telegram_is_away_and_connects_later(make: Make, intake: FakeIntake, api: FakeBotApi):
    api.will("getMe", Answer(silent=True), Answer(502, b""), refused(401, "Unauthorized"))
    channel = make()
    run(channel, intake, api, lambda: bool(api.called("getUpdates")))
    assert len(api.called("getMe")) == 4
    assert api.called("deleteWebhook")


def test_the_trouble_is_told_in_words_without_the_token(make: Make, intake: FakeIntake, api: FakeBotApi, caplog):
    api.will("getMe", *[refused(401, "Unauthorized")] * 50)
    channel, told = make(), []

    def refused_twice() -> bool:
        told.append(channel.trouble)
        return len(api.called("getMe")) > 2

    run(channel, intake, api, refused_twice)
    assert "HUIYING_TELEGRAM_TOKEN" in told[-1]
    assert TOKEN not in caplog.text + told[-1]


def test_the_webhook_is_registered_with_its_secret(make: Make, intake: FakeIntake, api: FakeBotApi):
    run(make(webhook_url="https://example.invalid/w"), intake, api, lambda: bool(api.called("setWebhook")))
    fields = api.called("setWebhook")[0]
    assert (fields["url"], fields["secret_token"]) == ("https://example.invalid/w", SECRET)
    assert not api.called("getUpdates")


def test_a_receipt_refused_for_its_rate_is_sent_later(make: Make, intake: FakeIntake, api: FakeBotApi):
    api.will("sendMessage", refused(503, "Service Unavailable"))
    api.push(text_update(70, "你好"))
    run(make(retry_longest=0.05), intake, api, lambda: len(api.sent) == 1)


@pytest.mark.parametrize(
    ("token", "secret", "named"), [("abc", "", "HUIYING_TELEGRAM_TOKEN"), (TOKEN, "含中文", "HUIYING_TELEGRAM_SECRET")]
)
def test_a_wrong_setting_is_named(token: str, secret: str, named: str):
    with pytest.raises(SettingFault, match=named):
        TelegramSettings(token, secret=secret, webhook_url="https://example.invalid/w")
