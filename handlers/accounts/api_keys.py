"""接口密钥: made once and shown once; here lies only its SHA-256. A key names a source and sees only its own cases."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.errors import Conflict, InvalidInput, NotFound
from handlers.records import ApiKey
from handlers.taxonomy import SOURCES

_PREFIX: Final = "hy_"
_KEY: Final = re.compile(r"hy_[A-Za-z0-9_-]{43}")
_ACCOUNT: Final = re.compile(r"[a-z][a-z0-9_-]{1,59}")


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who stands behind a valid key. ``account`` is the channel account that its messages are stored under."""

    key_id: int
    name: str
    account: str
    source: str


def create_api_key(session: Session, name: str, account: str, now: datetime, source: str = "rest") -> str:
    """Make a key for ``account`` and return it in plain: it cannot be shown again.

    ``source`` is a code of :data:`handlers.taxonomy.SOURCES` and becomes the source (来源) of the cases. Raises
    InvalidInput, and Conflict when the account has a key already (replace it with :func:`replace_api_key`).
    """
    _check(name, account, source)
    if session.scalar(select(ApiKey.id).where(ApiKey.account == account)) is not None:
        raise Conflict(f"账号 {account} 已有密钥。要换新密钥，请用“更换”；要给另一个平台用，请另取账号名。")
    key, digest = _fresh()
    session.add(ApiKey(name=name.strip(), account=account, source=source, key_sha256=digest, created_at=now))
    session.flush()
    return key


def replace_api_key(session: Session, account: str, now: datetime) -> str:
    """Give ``account`` a new key (the old one stops at once, a disabled one works again); return it in plain."""
    row = _row(session, account)
    key, row.key_sha256 = _fresh()
    row.created_at, row.disabled_at = now, None
    return key


def disable_api_key(session: Session, account: str, now: datetime) -> None:
    """Stop the key of ``account``; its cases stay. Raises NotFound."""
    row = _row(session, account)
    row.disabled_at = row.disabled_at or now


def list_api_keys(session: Session) -> list[ApiKey]:
    """Every key's row, by account; none of them tells the key."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.account)))


def find_holder(session: Session, key: str) -> KeyHolder | None:
    """Return who holds ``key``, or ``None`` for a wrong or disabled one. Found by its digest, so no timing tells."""
    if not _KEY.fullmatch(key):
        return None
    row = session.scalar(select(ApiKey).where(ApiKey.key_sha256 == _digest(key), ApiKey.disabled_at.is_(None)))
    return KeyHolder(row.id, row.name, row.account, row.source) if row is not None else None


def _check(name: str, account: str, source: str) -> None:
    if not 0 < len(name.strip()) <= 100:
        raise InvalidInput("请写明密钥给谁用（100 字以内）。", "name")
    if not _ACCOUNT.fullmatch(account):
        raise InvalidInput("账号名用小写字母开头，只含小写字母、数字、- 和 _，2 到 60 个字符。", "account")
    if source not in SOURCES:
        raise InvalidInput(f"来源 {source} 不存在；可用：{'、'.join(SOURCES)}。", "source")


def _row(session: Session, account: str) -> ApiKey:
    row = session.scalar(select(ApiKey).where(ApiKey.account == account))
    if row is None:
        raise NotFound(f"没有账号 {account} 的密钥。")
    return row


def _fresh() -> tuple[str, str]:
    key = _PREFIX + secrets.token_urlsafe(32)
    return key, _digest(key)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
