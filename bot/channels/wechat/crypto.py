"""Signatures and encryption of the WeChat platform: checked in constant time, failing as a refused webhook."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime

from wechatpy.crypto import PrpCrypto

from bot.channels.wechat.settings import aes_key
from handlers.errors import BadWebhook

_PREFIX = 16  # random bytes before the length
_LENGTH = 4  # big-endian length of the message
_PADDING = 32  # the platform pads to 32 bytes, not to AES's 16


def signature(*parts: str) -> str:
    """Return the platform's signature of ``parts`` (the token among them): SHA-1 over them sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Raise BadWebhook (403) unless ``given`` signs ``parts``."""
    wanted = signature(*parts).encode()
    if not hmac.compare_digest(wanted, given.encode("utf-8", "surrogatepass")):
        raise BadWebhook("The signature is wrong: this did not come from the platform, or the token differs.", 403)


def check_time(timestamp: str, now: datetime, window: float) -> None:
    """Raise BadWebhook (403) when ``timestamp`` (Unix seconds) is further than ``window`` seconds from ``now``."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadWebhook("The timestamp in the address is missing or no number.", 403)
    if abs(now.timestamp() - int(timestamp)) > window:
        raise BadWebhook("The timestamp is stale: a repeated old request, or the server's clock is wrong.", 403)


class _Crypto(PrpCrypto):  # type: ignore[misc]  # wechatpy carries no types
    def get_random_string(self) -> str:
        # wechatpy draws these sixteen characters from a generator that can be predicted.
        return secrets.token_hex(8)


class Cipher:
    """Opens and closes what the platform encrypts with one account's EncodingAESKey."""

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        self._crypto = _Crypto(aes_key(encoding_aes_key))
        self._app_id = app_id

    def decrypt(self, encrypted: str) -> bytes:
        """Return the message inside ``encrypted`` (base64). Raises BadWebhook.

        Unpacked here and not by wechatpy, which trusts padding and length and loses a letter with one bad byte.
        """
        try:
            plain: bytes = self._crypto.cipher.decrypt(base64.b64decode(encrypted))
        except (binascii.Error, ValueError) as fault:
            raise BadWebhook("The encrypted part is no whole ciphertext.") from fault
        start = _PREFIX + _LENGTH
        if len(plain) <= start or not 1 <= plain[-1] <= _PADDING:
            raise BadWebhook("The message cannot be decrypted: compare the EncodingAESKey with the platform's.")
        end = start + int.from_bytes(plain[_PREFIX:start], "big")
        if end > len(plain) - plain[-1]:
            raise BadWebhook("The message cannot be decrypted: compare the EncodingAESKey with the platform's.")
        if plain[end : -plain[-1]] != self._app_id.encode():
            raise BadWebhook("The message is for another account: compare the AppID with the platform's.", 403)
        return plain[start:end]

    def encrypt(self, text: str) -> str:
        """Return ``text`` encrypted for the platform (base64)."""
        sealed: bytes = self._crypto.encrypt(text, self._app_id)
        return sealed.decode("ascii")
