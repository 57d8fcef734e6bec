"""One outbox worker in a process of its own: the real channel, the real outbox, a clock that runs faster."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.wechat import Mode, WeChatChannel, WeChatSettings
from handlers.delivery.policy import DeliveryPolicy
from handlers.delivery.senders import Senders
from handlers.delivery.sweep import sweep_stuck
from handlers.delivery.tokens import DatabaseTokenStore
from handlers.delivery.worker import run_once
from handlers.messages import OutboundContent, Proof
from handlers.records.database import Database
from tests.handlers.delivery.world import ACCOUNT, make_core

SPEED = 60.0  # seconds of the worker's clock in one of ours: the vendor's minute of patience is one of ours


def clock(start: datetime, begun: float, speed: float = SPEED) -> datetime:
    """What the fast clock shows; it began at ``begun`` (seconds of this machine's clock) with ``start``."""
    return start + timedelta(seconds=(time.time() - begun) * speed)


class Mortal:
    """The real channel, whose process dies (kill -9) just ``before`` or just ``after`` the vendor is called."""

    def __init__(self, channel: WeChatChannel, moment: str) -> None:
        self._channel, self._moment = channel, moment
        self.capabilities, self.parts = channel.capabilities, channel.parts

    def send(self, to: str, content: OutboundContent) -> Proof:
        if self._moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        proof = self._channel.send(to, content)
        if self._moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return proof


def main(
    url: str, vendor: str, start: str, begun: str, stop: str, answer_seconds: str, dies: str = "", speed: str = ""
) -> None:
    """Work until the file ``stop`` is there; a database that is away for a moment is waited for, as the runner does."""

    def now() -> datetime:
        return clock(datetime.fromisoformat(start), float(begun), float(speed or SPEED))

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
    senders: Senders = {("wechat", ACCOUNT): Mortal(channel, dies) if dies else channel}
    policy = DeliveryPolicy(threads=4 if not speed else 8)
    while not Path(stop).exists():
        try:
            done = run_once(core, senders, now, policy=policy, batch=400)
            done["swept"] = sweep_stuck(core, now())
        except SQLAlchemyError:
            time.sleep(0.2)
            continue
        if not done.total():
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
