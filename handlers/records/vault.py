"""Sealing contact data and secrets at rest with AES-GCM, the key being outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from handlers.errors import SettingFault

_PREFIX = "v1:"
_NONCE = 12


class Vault:
    """Seals and opens short texts. The first key seals; every key opens, so that keys can be changed in steps.

    ``keys`` are 32 bytes each in URL-safe base64 (44 characters).
    """

    def __init__(self, *keys: str) -> None:
        self._keys = [_decode(key) for key in keys]
        if not self._keys:
            raise SettingFault("HUIYING_DATA_KEY is empty: run `huiying init`, it makes one")
        self._ciphers = [AESGCM(key) for key in self._keys]

    def seal(self, text: str) -> str:
        """Return the sealed form of ``text``; empty stays empty."""
        if not text:
            return ""
        nonce = secrets.token_bytes(_NONCE)
        return _PREFIX + base64.urlsafe_b64encode(nonce + self._ciphers[0].encrypt(nonce, text.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """Return the text; raises :class:`SettingFault` when none of the keys fits."""
        if not sealed:
            return ""
        blob = base64.urlsafe_b64decode(sealed.removeprefix(_PREFIX))
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(blob[:_NONCE], blob[_NONCE:], None).decode()
            except InvalidTag:
                continue
        raise SettingFault("HUIYING_DATA_KEY does not fit this database: put back the key it was written with")

    def index(self, text: str) -> str:
        """A keyed digest by which equal texts can be found without opening them."""
        return hmac.new(self._keys[0], b"index:" + text.encode(), hashlib.sha256).hexdigest() if text else ""


def new_key() -> str:
    """Make a fresh key for :class:`Vault` or :class:`handlers.records.ledger.Ledger`."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _decode(key: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(key)
    except ValueError as fault:
        raise SettingFault("HUIYING_DATA_KEY is not URL-safe base64: run `huiying init`, it makes one") from fault
    if len(raw) != 32:
        raise SettingFault("HUIYING_DATA_KEY must hold 32 bytes (44 base64 characters): `huiying init` makes one")
    return raw
