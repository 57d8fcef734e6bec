"""One outbox worker in a process of its own: the real channel, the real outbox, a clock that runs faster."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from bot.channels.wechat import Mode, WeChatChannel, WeChatSettings
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.sweep import sweep_stuck
from handlers.delivery.tokens import DatabaseTokenStore
from handlers.delivery.worker import run_once
from handlers.records.database import Database
from tests.handlers.delivery.world import ACCOUNT, make_core

SPEED = 60  # seconds of the worker's clock in one of ours: the vendor's minute of patience is one of ours


def clock(start: datetime, begun: float) -> datetime:
    """What the fast clock shows; it began at ``begun`` (seconds of this machine's clock) with ``start``."""
    return start + timedelta(seconds=(time.time() - begun) * SPEED)


def main(url: str, vendor: str, start: str, begun: str, stop: str, answer_seconds: str) -> None:
    """Work until the file ``stop`` is there."""

    def now() -> datetime:
        return clock(datetime.fromisoformat(start), float(begun))

    core = make_core(Database(url, wait_seconds=20))
    settings = WeChatSettings(
        token="x",
        app_id="wx1",
        app_secret="s",
        account=ACCOUNT,
        mode=Mode.PLAIN,
        service_account=True,
        api_base=vendor,
        answer_seconds=float(answer_seconds),
    )
    channel = WeChatChannel(
        settings, now, lambda fetch: DatabaseTokenStore(core.database, core.vault, "wechat", ACCOUNT, fetch, now)
    )
    policy = DeliveryPolicy(threads=4)
    while not Path(stop).exists():
        done = run_once(core, {("wechat", ACCOUNT): channel}, now, policy=policy)
        done["swept"] = sweep_stuck(core, now())
        if not done.total():
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
