"""Settings fail loudly, by name, with the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, new_key, read_settings
from handlers.errors import SettingFault

KEYS = {name: new_key() for name in ("secret_key", "data_key", "audit_key")}


def test_missing_settings_are_named_with_what_to_put_there() -> None:
    with pytest.raises(SettingFault) as fault:
        Settings.of()
    text = str(fault.value)
    for name in ("HUIYING_PROFILE", "HUIYING_SECRET_KEY", "HUIYING_DATA_KEY", "HUIYING_AUDIT_KEY"):
        assert name in text
    assert "hohhot-2018" in text


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_key": "short"}, "HUIYING_SECRET_KEY"),
        ({"data_key": f"{new_key()},short"}, "HUIYING_DATA_KEY"),
        ({"base_url": "example.gov.cn"}, "HUIYING_BASE_URL"),
        ({"wechat_token": "t"}, "HUIYING_WECHAT_APP_ID"),
        ({"wechat_token": "t", "wechat_app_id": "wx1"}, "HUIYING_WECHAT_AES_KEY"),
        ({"telegram_token": "t", "telegram_mode": "webhook"}, "HUIYING_TELEGRAM_SECRET"),
        ({"wecom_corp_id": "c"}, "HUIYING_WECOM_AGENT_ID"),
        ({"trusted_proxies": "10.0.0.1/33"}, "HUIYING_TRUSTED_PROXIES"),
        ({"port": "many"}, "HUIYING_PORT"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingFault, match=named):
        Settings.of(**{"profile": "hohhot-2018", **KEYS, **changes})


def test_secrets_do_not_print_themselves() -> None:
    settings = Settings.of(profile="hohhot-2018", **KEYS)
    assert not any(key in repr(settings) for key in KEYS.values())


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    lines = [f"HUIYING_{name.upper()}={key}" for name, key in KEYS.items()]
    file.write_text("\n".join([*lines, "HUIYING_PROFILE=hohhot-2018", "HUIYING_PORT=8001"]), "utf-8")
    monkeypatch.setenv("HUIYING_PORT", "8002")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setenv("HUIYING_TRUSTED_PROXIES", "127.0.0.1/32, ::1")
    settings = read_settings(file)
    assert (settings.port, settings.database_url, len(settings.trusted_proxies)) == (8002, "sqlite:///elsewhere.db", 2)


def test_a_misspelt_setting_is_not_silently_ignored(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HUIYING_WECHT_TOKEN=x\n", "utf-8")
    with pytest.raises(SettingFault, match="did you mean HUIYING_WECHAT_TOKEN"):
        read_settings(file)
