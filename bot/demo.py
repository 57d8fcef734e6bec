"""The demo installation: its folder, its own keys, its database, its people and messages; no account anywhere."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from bot.channels.wechat.channel import PATH as WEBHOOK_PATH
from bot.channels.wechat.parse import CODE as WECHAT
from bot.doors import wechat_settings
from bot.settings import Settings, new_key, settings_of
from bot.simulator.routes import simulator_routes
from bot.simulator.settings import SimulatorSettings
from bot.wiring import House
from handlers.records import Citizen

FOLDER: Final = Path("var/demo")
_SIMULATOR: Final = "/sim"


def demo_settings(folder: Path = FOLDER, port: int = 0) -> Settings:
    """Read the demo's settings, making its folder and keys at the first call. ``port`` is where it is to listen."""
    folder = folder.resolve()
    file = folder / "settings.env"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{name}={value}\n" for name, value in _first_settings(folder).items()), "utf-8")
        file.chmod(0o600)
    settings = settings_of(file)
    address = f"http://127.0.0.1:{port or settings.port}"
    return settings.model_copy(
        update={
            "port": port or settings.port,
            "base_url": address,
            "wechat_api_base": f"{address}{_SIMULATOR}",
        }
    )


def demo_password(folder: Path = FOLDER) -> str:
    """The one password of all the demo's officers: random, kept beside the demo's keys."""
    file = folder / "password"
    if not file.exists():
        file.write_text("-".join(secrets.choice(_SYLLABLES) + secrets.choice(_SYLLABLES) for _ in range(3)), "utf-8")
        file.chmod(0o600)
    return file.read_text(encoding="utf-8").strip()


_SYLLABLES: Final = [
    "ba",
    "bei",
    "chen",
    "dong",
    "fang",
    "gao",
    "hai",
    "he",
    "jin",
    "lan",
    "lin",
    "ma",
    "ning",
    "ping",
    "qing",
    "ren",
    "shan",
    "tian",
    "wen",
    "xin",
    "yan",
    "yue",
    "zhi",
]


def _first_settings(folder: Path) -> dict[str, Any]:
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'huiying.db'}",
        "HUIYING_DATA_DIR": folder,
        "HUIYING_DEMO": "true",
        "HUIYING_PROFILE": "hohhot-2018",
        "HUIYING_SECRET_KEY": new_key(),
        "HUIYING_DATA_KEY": new_key(),
        "HUIYING_AUDIT_KEY": new_key(),
        "HUIYING_LOG_LEVEL": "WARNING",
        "HUIYING_LOG_FORMAT": "plain",
        "HUIYING_RATE_WRITES_PER_HOUR": "1000",
        "HUIYING_RATE_LOOKUPS_PER_MINUTE": "100",
        "HUIYING_WECHAT_ACCOUNT": "demo",
        "HUIYING_WECHAT_ACCOUNT_KIND": "service",
        "HUIYING_WECHAT_MODE": "safe",
        "HUIYING_WECHAT_TOKEN": secrets.token_hex(12),
        "HUIYING_WECHAT_AES_KEY": secrets.token_hex(22)[:43],
        "HUIYING_WECHAT_APP_ID": "wx" + secrets.token_hex(8),
        "HUIYING_WECHAT_APP_SECRET": secrets.token_hex(16),
    }


def simulator(house: House) -> tuple[Any, ...]:
    """The stand-in for the WeChat platform; its routes exist in the demo only."""
    settings = house.settings
    return tuple(
        simulator_routes(
            SimulatorSettings(
                wechat=wechat_settings(settings),
                webhook_url=lambda: f"http://127.0.0.1:{settings.port}{WEBHOOK_PATH}",
                now=house.now,
                last_heard=_last_heard(house),
                account_name=house.core.profile().name,
                prefix=_SIMULATOR,
                staff_path="/console",
            )
        )
    )


def _last_heard(house: House) -> Callable[[str], datetime | None]:
    def last_heard(openid: str) -> datetime | None:
        with house.core.database.read() as session:
            return session.scalar(
                select(Citizen.last_inbound_at).where(Citizen.channel == WECHAT, Citizen.sender_id == openid)
            )

    return last_heard
