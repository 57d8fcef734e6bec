"""The real web process, but it may kill itself (kill -9) after a commit and before the response: the worst moment."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.commands.serving import ready_house, run_web
from bot.logs import set_up_logs
from bot.settings import read_settings
from handlers.core import Core
from handlers.intake.receive import Intake, Result
from handlers.messages import InboundMessage


class MortalIntake(Intake):
    """Dies with probability ``risk`` when a batch has been committed."""

    def __init__(self, core: Core, risk: float, dice: random.Random) -> None:
        super().__init__(core)
        self._risk, self._dice = risk, dice

    def receive_many(self, messages: Sequence[InboundMessage], now: datetime) -> list[Result]:
        results = super().receive_many(messages, now)
        if self._dice.random() < self._risk:
            os.kill(os.getpid(), signal.SIGKILL)
        return results


def main(settings_file: str, port: str, risk: str, seed: str) -> None:
    """Serve until killed."""
    settings = read_settings(Path(settings_file))
    set_up_logs("CRITICAL", "plain")
    house = ready_house(settings)
    house.intake = MortalIntake(house.core, float(risk), random.Random(seed))
    run_web(settings, house, None, int(port), with_scheduler=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
