"""``.env.example`` and the settings name the same things, with the same defaults."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot.settings import Settings, variable

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def shown() -> dict[str, str]:
    lines = re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert len({name for name, _ in lines}) == len(lines), "a setting is named twice"
    return dict(lines)


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    assert set(shown()) == {variable(field) for field in Settings.model_fields}


def test_the_example_shows_the_real_defaults() -> None:
    for field, info in Settings.model_fields.items():
        default = "" if info.default is PydanticUndefined else info.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        if isinstance(default, tuple):
            default = ",".join(str(part) for part in default)
        text = str(default).lower() if isinstance(default, bool) else str(default)
        assert shown()[variable(field)] == text, field


def test_every_setting_does_something() -> None:
    bot = EXAMPLE.parent / "bot"
    code = "\n".join(path.read_text("utf-8") for path in bot.rglob("*.py") if path.name != "settings.py")
    through = {"data_key": "data_keys"}
    idle = [field for field in Settings.model_fields if f".{through.get(field, field)}" not in code]
    assert not idle, f"nothing reads these settings: {idle}"
