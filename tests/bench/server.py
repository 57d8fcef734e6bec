"""The web process of the intake bench: the real one, but a text with the mark of poison breaks its understanding."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from bot.commands.demonstrating import demo_house
from bot.commands.serving import run_web
from bot.demo import demo_settings
from bot.logs import set_up_logs
from bot.settings import Settings
from handlers.intake.receive import Intake
from handlers.understanding.labels import Labels, Understanding

POISON = "☠"


class Poisonable:
    """The real understanding, except for what is marked."""

    def __init__(self, inner: Understanding) -> None:
        self._inner = inner
        self.model = inner.model

    def read(self, text: str) -> Labels:
        if POISON in text:
            raise ValueError("poison")
        return self._inner.read(text)


def main(folder: str, port: str, database_url: str = "") -> None:
    """Serve on ``port`` with the demo installation of ``folder``."""
    settings: Settings = demo_settings(Path(folder), int(port))
    if database_url:
        settings = settings.model_copy(update={"database_url": database_url})
    set_up_logs("CRITICAL", "plain")
    house = demo_house(settings, Path(folder), seeded=False)
    core = dataclasses.replace(house.core, understanding=Poisonable(house.core.understanding))
    run_web(settings, dataclasses.replace(house, core=core, intake=Intake(core, house.files.keep)), None, None,
            with_scheduler=False)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
