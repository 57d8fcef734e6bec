"""Every setting of the program, typed, read once from the environment or ``.env``, failing loudly by name.

``.env.example`` names each one with its meaning, default and unit; a structure test keeps the two equal.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import ipaddress
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from handlers.errors import SettingFault

PREFIX: Final = "HUIYING_"
TEST_PREFIX: Final = "HUIYING_TEST_"  # the test suite's own variables
#: How to make a key; shown wherever one is missing.
KEY_RECIPE: Final = 'python -c "import base64,os;print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Networks = Annotated[tuple[Network, ...], NoDecode]


class Settings(BaseSettings):
    """One installation's settings. Frozen; secrets print as stars. Build with :func:`read_settings` or :meth:`of`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, populate_by_name=True)

    # The ground
    database_url: str = Field("sqlite:///var/huiying.db", validation_alias=AliasChoices("DATABASE_URL", "database_url"))
    data_dir: Path = Path("var")
    model_dir: Path = Path("var/models")
    anchor_dir: str = ""
    profile: str
    base_url: str = "http://127.0.0.1:8000"
    demo: bool = False

    # Keys
    secret_key: SecretStr
    data_key: SecretStr
    audit_key: SecretStr

    # The web server
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    trusted_proxies: Networks = ()
    metrics_networks: Networks = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
    body_kib: int = Field(256, ge=16, le=10_240)
    upload_mib: int = Field(40, ge=1, le=500)
    attachment_mib: int = Field(10, ge=1, le=100)
    attachments_each: int = Field(5, ge=0, le=20)
    clamd: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "plain"] = "json"

    # Sign-in of staff
    session_hours: float = Field(10, gt=0, le=168)
    session_idle_minutes: float = Field(120, gt=0, le=1440)
    sign_in_tries: int = Field(5, ge=2, le=50)
    sign_in_lock_minutes: float = Field(15, gt=0, le=1440)

    # Work on cases
    claim_expiry_hours: float = Field(4, gt=0, le=720)
    pass_limit: int = Field(3, ge=1, le=20)
    reopen_days: int = Field(15, ge=1, le=365)
    guide_confirm_days: int = Field(7, ge=1, le=60)
    month_ends_on: int = Field(31, ge=1, le=31)
    document_templates: str = ""
    understanding: Literal["learned", "rules", "snownlp"] = "learned"
    understanding_seconds: float = Field(2, gt=0, le=4)

    # Rates, per address
    rate_writes_per_hour: int = Field(30, ge=1)
    rate_lookups_per_minute: int = Field(10, ge=1)
    rate_sign_ins_per_minute: int = Field(20, ge=1)
    rate_api_per_minute: int = Field(600, ge=1)
    rate_pages_per_minute: int = Field(300, ge=10)

    # Retention
    retain_closed_days: int = Field(3650, ge=30)
    retain_contact_days: int = Field(1095, ge=30)
    retain_raw_days: int = Field(180, ge=7)
    retain_attachments_days: int = Field(1095, ge=30)
    retain_sessions_days: int = Field(90, ge=1)

    # WeChat official account (off while the token is empty)
    wechat_account: str = ""
    wechat_account_kind: Literal["service", "subscription"] = "subscription"
    wechat_mode: Literal["plain", "compatible", "safe"] = "safe"
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_api_base: str = "https://api.weixin.qq.com"

    # Telegram (off while the token is empty)
    telegram_token: SecretStr = SecretStr("")
    telegram_secret: SecretStr = SecretStr("")
    telegram_mode: Literal["webhook", "polling"] = "polling"
    telegram_proxy: str = ""
    telegram_api_base: str = "https://api.telegram.org"

    # Alerts to staff over WeCom (off while the corporation id is empty)
    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_secret: SecretStr = SecretStr("")
    wecom_api_base: str = "https://qyapi.weixin.qq.com"

    @field_validator("trusted_proxies", "metrics_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("base_url", "wechat_api_base", "telegram_api_base", "wecom_api_base")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("write the whole address, beginning with https:// (or http:// for a trial)")
        return value.rstrip("/")

    @field_validator("secret_key", "data_key", "audit_key")
    @classmethod
    def _key(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        text = value.get_secret_value()
        # Contact data can be opened with an older key while the new one seals; the other two have no such use.
        parts = text.split(",") if info.field_name == "data_key" else [text]
        if not all(_is_key(part) for part in parts):
            raise ValueError(f"put 32 random bytes in URL-safe base64 there; make them with: {KEY_RECIPE}")
        return value

    @model_validator(mode="after")
    def _channels_are_whole(self) -> Self:
        if self.wechat_token.get_secret_value():
            self._need("wechat_app_id", "the AppID shown at mp.weixin.qq.com under 基本配置")
            if self.wechat_mode != "plain":
                self._need("wechat_aes_key", "the EncodingAESKey (43 characters) shown at mp.weixin.qq.com")
        if self.telegram_token.get_secret_value() and self.telegram_mode == "webhook":
            self._need("telegram_secret", "a random word of your own (letters, digits, _ and -)")
        if self.wecom_corp_id:
            self._need("wecom_agent_id", "the AgentId of the application at work.weixin.qq.com")
            self._need("wecom_secret", "the Secret of the application at work.weixin.qq.com")
        return self

    def _need(self, field: str, what: str) -> None:
        value = getattr(self, field)
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise ValueError(f"{variable(field)} is empty; put there {what}")

    @property
    def data_keys(self) -> tuple[str, ...]:
        """The keys of contact data: the first seals, every one opens (a change of keys lists new,old)."""
        return tuple(self.data_key.get_secret_value().split(","))

    @property
    def https(self) -> bool:
        """Whether people reach the site over HTTPS (cookies are then marked Secure)."""
        return self.base_url.startswith("https://")

    @classmethod
    def of(cls, **values: Any) -> Settings:
        """Build settings from keyword values alone, ignoring the environment (demo, tests). Raises SettingFault."""
        return _checked(lambda: _Fixed(**values))


class _Fixed(Settings):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def variable(field: str) -> str:
    """Return the environment variable of a settings field."""
    return "DATABASE_URL" if field == "database_url" else PREFIX + field.upper()


def new_key() -> str:
    """Return a fresh key fit for ``secret_key``, ``data_key`` or ``audit_key``."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings from the environment, then ``env_file``. Raises SettingFault naming variable and remedy."""
    _refuse_unknown(env_file)
    return _checked(lambda: Settings(_env_file=env_file))


def settings_of(file: Path) -> Settings:
    """Read the settings from ``file`` alone: what a demo or a test is must not hang on the environment around it."""
    fields = {variable(field): field for field in Settings.model_fields}
    given = {name: value for name, value in dotenv_values(file).items() if value is not None}
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise SettingFault(f"{unknown[0]} in {file.name} is not a setting of this program: remove it")
    return Settings.of(**{fields[name]: value for name, value in given.items()})


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == 32
    except (binascii.Error, UnicodeEncodeError):
        return False


def _checked(build: Callable[[], Settings]) -> Settings:
    try:
        return build()
    except ValidationError as fault:
        raise SettingFault("\n".join(_sentence(dict(error)) for error in fault.errors())) from None
    except ValueError as fault:
        raise SettingFault(f"A setting cannot be read: {fault}") from None


def _sentence(error: dict[str, Any]) -> str:
    text = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return text
    name = str(error["loc"][0])
    shown = variable(name) if name in Settings.model_fields else name
    if error["type"] == "missing":
        return f"{shown} is not set; {_REMEDIES.get(name, 'see .env.example for what to put there')}"
    return f"{shown} is wrong: {text}. See .env.example for what to put there"


_REMEDIES: Final = {
    "profile": "put the organisation's profile there: hohhot-2018, municipal-current, or the path of your own file",
    **dict.fromkeys(("secret_key", "data_key", "audit_key"), f"make one with: {KEY_RECIPE}"),
}


def _refuse_unknown(env_file: Path | None) -> None:
    known = {variable(field) for field in Settings.model_fields}
    given = set(os.environ)
    if env_file is not None and env_file.is_file():
        given |= set(dotenv_values(env_file))
    for name in sorted(given):
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "remove it; .env.example names every setting"
            raise SettingFault(f"{name} is not a setting of this program: {hint}")
