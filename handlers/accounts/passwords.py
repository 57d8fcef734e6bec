"""Passwords of staff: hashing with argon2id, and what a new one must be like."""

from __future__ import annotations

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handlers.errors import InvalidInput

SHORTEST: Final = 10
LONGEST: Final = 200
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's minimum for argon2id
_COMMON: Final = ("password", "12345678", "qwerty", "abcd1234", "11111111", "88888888", "mima", "huiying", "admin")
# Letters and digits that are not mistaken for one another when read from a slip of paper.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def hashed(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Return whether the password fits; takes as long when there is no hash, so that time tells nothing."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Return whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def check_new(password: str, login: str) -> None:
    """Raise InvalidInput (field ``new``) unless the password is long, mixed and not one of the usual ones."""
    lowered = password.lower()
    if len(password) < SHORTEST:
        raise InvalidInput(f"新密码至少 {SHORTEST} 个字符，可以用一句容易记的话。", "new")
    if len(password) > LONGEST:
        raise InvalidInput(f"新密码最多 {LONGEST} 个字符。", "new")
    if login.lower() in lowered or any(word in lowered for word in _COMMON) or len(set(password)) < 5:
        raise InvalidInput("新密码太容易被猜到：不要包含登录名、常见密码或大量重复字符。", "new")
    kinds = (str.isdigit, str.isalpha, lambda sign: not sign.isalnum())
    if sum(any(kind(sign) for sign in password) for kind in kinds) < 2:
        raise InvalidInput("新密码要包含字母（或汉字）、数字、符号中的至少两种。", "new")


def temporary() -> str:
    """Return a random first password that can be read aloud; it must be changed at the first sign-in."""
    word = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"{word[:4]}-{word[4:8]}-{word[8:]}"


_NOBODY: Final = hashed(secrets.token_hex(16))
