"""What the simulator is handed by the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Now
from bot.channels.wechat.settings import WeChatSettings
from bot.simulator.personas import PERSONAS, Persona
from bot.simulator.platform import PATIENT, Rhythm


def _never(_openid: str) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """``webhook_url`` gives the real webhook's whole address (asked at each message: the port may be chosen late).

    ``last_heard`` tells when a person last wrote according to the database, so that the 48-hour window survives a
    restart and holds for the demo's seeded citizens. ``prefix`` is where the pages hang, ``staff_path`` where staff
    sign in.
    """

    wechat: WeChatSettings
    webhook_url: Callable[[], str]
    now: Now
    personas: tuple[Persona, ...] = PERSONAS
    last_heard: Callable[[str], datetime | None] = _never
    account_name: str = "民政局公众号"
    prefix: str = "/sim"
    staff_path: str = "/staff"
    rhythm: Rhythm = PATIENT
