"""The gate of the webhook: what is not signed, fresh and for us does not get past it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from bot.channels.wechat.crypto import Cipher, check_signature, check_time
from bot.channels.wechat.settings import Mode, WeChatSettings
from bot.channels.wechat.xml import read_xml
from handlers.errors import BadWebhook

# The envelope as the platform writes it, so that the usual request is parsed once and not twice. Nothing but the
# signed Encrypt is taken from it; whatever looks otherwise goes through the XML reader.
_ENVELOPE = re.compile(
    rb"\s*<xml>\s*(?:<ToUserName>(?:<!\[CDATA\[)?[\w@.\-]{1,128}(?:\]\]>)?</ToUserName>\s*)?"
    rb"<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?</Encrypt>\s*</xml>\s*"
)


class Opened(NamedTuple):
    """A request that was let in: the message's XML, and whether it came encrypted (its answer then goes so too)."""

    xml: bytes
    encrypted: bool


class Gate:
    """Checks time and signature of one account's webhook requests and decrypts their bodies."""

    def __init__(self, settings: WeChatSettings) -> None:
        self._settings = settings
        self.cipher = None if settings.mode is Mode.PLAIN else Cipher(settings.encoding_aes_key, settings.app_id)

    def verify(self, query: Mapping[str, str], now: datetime) -> str:
        """Return what the platform wants echoed when it checks the address. Raises BadWebhook (403)."""
        self._check_time(query, now)
        self._check_plain(query)
        return query.get("echostr", "")

    def admit(self, query: Mapping[str, str], now: datetime) -> None:
        """Refuse (BadWebhook 403) before the body is read what the address alone shows to be stale or forged."""
        self._check_time(query, now)
        if self._settings.mode is Mode.PLAIN:
            self._check_plain(query)
        elif "msg_signature" not in query and self._settings.mode is Mode.SAFE:
            raise BadWebhook("The request is not encrypted, but the account is set to safe mode (安全模式).", 403)

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """Return the message's XML. Raises BadWebhook (400 unreadable, 403 not from the platform)."""
        if self.cipher is None:
            return Opened(body, False)
        if "msg_signature" not in query:
            self._check_plain(query)
            return Opened(body, False)
        usual = _ENVELOPE.fullmatch(body)
        encrypted = usual[1].decode("ascii") if usual else read_xml(body).get("Encrypt", "").strip()
        if not encrypted:
            raise BadWebhook("The body has no Encrypt element: the platform is set to plain mode (明文模式).")
        given = query["msg_signature"]
        check_signature(given, self._settings.token, query.get("timestamp", ""), query.get("nonce", ""), encrypted)
        return Opened(self.cipher.decrypt(encrypted), True)

    def _check_time(self, query: Mapping[str, str], now: datetime) -> None:
        check_time(query.get("timestamp", ""), now, self._settings.timestamp_window)

    def _check_plain(self, query: Mapping[str, str]) -> None:
        given = query.get("signature", "")
        check_signature(given, self._settings.token, query.get("timestamp", ""), query.get("nonce", ""))
