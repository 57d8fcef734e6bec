"""What the WeChat official account channel needs to know, handed in by the wiring."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.errors import SettingFault


class Mode(StrEnum):
    """How the platform packs messages (消息加解密方式): 明文, 兼容, 安全."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class WeChatSettings:
    """One official account. ``account`` names it in our records (default: the AppID).

    Times are in seconds, sizes in bytes. ``timestamp_window`` is how far the platform's clock in the address may be
    from ours; ``answer_within`` is when the webhook stops waiting for a receipt (the platform gives up at 5 s).
    """

    token: str = field(repr=False)
    app_id: str
    app_secret: str = field(default="", repr=False)
    encoding_aes_key: str = field(default="", repr=False)
    account: str = ""
    mode: Mode = Mode.SAFE
    service_account: bool = False
    api_base: str = "https://api.weixin.qq.com"
    proxy: str = ""
    timestamp_window: float = 300.0
    body_cap: int = 64 * 1024
    answer_within: float = 4.3
    connect_seconds: float = 3.0
    answer_seconds: float = 8.0
    media_cap: int = 20 * 1024 * 1024

    def __post_init__(self) -> None:
        object.__setattr__(self, "mode", Mode(self.mode))
        object.__setattr__(self, "account", self.account or self.app_id)
        object.__setattr__(self, "api_base", self.api_base.rstrip("/"))
        if not self.token or not self.app_id:
            raise SettingFault("HUIYING_WECHAT_TOKEN or HUIYING_WECHAT_APP_ID is empty; put there what 基本配置 shows")
        if self.mode is not Mode.PLAIN:
            aes_key(self.encoding_aes_key)


def aes_key(encoding_aes_key: str) -> bytes:
    """Return the 32 bytes behind an EncodingAESKey (43 characters of base64). Raises SettingFault."""
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise SettingFault("HUIYING_WECHAT_AES_KEY is wrong; put there the EncodingAESKey (43 letters and digits)")
    return key
